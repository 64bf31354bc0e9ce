// What a session with Kiln starts from: its names, and arrays that are shown whole.

import dev.kiln.graph.*;
import dev.kiln.ops.*;
import dev.kiln.ops.nn.*;
import dev.kiln.ops.optimizers.*;
import dev.kiln.streams.*;

// Names that java.util has too.
import dev.kiln.ops.Random;
import dev.kiln.streams.Stream;

import static dev.kiln.graph.DType.*;
import static dev.kiln.graph.Shape.shape;
import static dev.kiln.ops.Ops.*;
import static dev.kiln.ops.Transforms.*;

/set mode kiln -command
/set prompt kiln "kiln> " "    > "
/set truncation kiln 100000
/set format kiln name "%1$s"
/set format kiln value "%3$s"
/set format kiln err "%6$s"
/set format kiln errorpre "|  "
/set format kiln pre "|  "
/set format kiln post "%n"
/set format kiln display ""
/set format kiln display "{name} ==>{post}{value}{post}" expression,varvalue,assignment,varinit,vardecl-ok-primary
