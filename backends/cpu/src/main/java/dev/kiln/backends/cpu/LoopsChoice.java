package dev.kiln.backends.cpu;

import java.lang.System.Logger.Level;

/** Decides once whether the vector loops can be used, and says so. */
final class LoopsChoice {
    private static final String MODULE = "jdk.incubator.vector";
    private static final String IMPLEMENTATION = "dev.kiln.backends.cpu.vector.VectorLoops";

    private LoopsChoice() {}

    /** Made on first use, and by one thread, as the initialization of a class is. */
    private static final class Holder {
        private static final Loops CHOSEN = choose(System.getLogger(Loops.class.getName()));
    }

    static Loops chosen() {
        return Holder.CHOSEN;
    }

    private static Loops choose(System.Logger log) {
        Loops scalar = new ScalarLoops();
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            log.log(Level.WARNING,
                    "Kiln runs on the scalar path, which is slow: add `--add-modules {0}` to the java command", MODULE);
            return scalar;
        }
        try {
            // By name: were the class mentioned here, this one could not be linked without the module.
            Loops vector = Class.forName(IMPLEMENTATION).asSubclass(Loops.class).getConstructor(Loops.class)
                    .newInstance(scalar);
            log.log(Level.DEBUG, "Kiln runs on {0}", vector);
            return vector;
        } catch (ReflectiveOperationException | LinkageError e) {
            log.log(Level.WARNING, "Kiln runs on the scalar path, which is slow: the vector loops failed to start", e);
            return scalar;
        }
    }
}
