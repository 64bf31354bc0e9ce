package dev.kiln.examples.benchmarks;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.kiln.graph.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * RMS norm of float32 rows of 4096 by ONNX Runtime's {@code SimplifiedLayerNormalization}, with as many threads as processors.
 * Its result goes to memory that is there already, which spares it fresh pages in each call.
 */
public class OnnxNormBenchmark extends KilnBenchmark {

    private static final float EPS = 1e-5f;

    /** How many rows. */
    @Param({"1", "64", "512", "4096"})
    public int rows;

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();

    @SuppressWarnings("NullAway.Init") // set by setUp
    private OrtSession session;
    private Map<String, OnnxTensor> in = Map.of();
    private Map<String, OnnxTensor> out = Map.of();

    /** Loads the model and compares with a plain loop. */
    @Setup
    public void setUp() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
        session = environment.createSession(OnnxNormModel.bytes(rows, COLUMNS, EPS), options);
        float[] x = normal(1, DType.FLOAT32, rows, COLUMNS).toFloatArray();
        float[] weight = normal(2, DType.FLOAT32, COLUMNS).toFloatArray();
        FloatBuffer result = floats(new float[x.length]);
        in = Map.of("x", tensor(floats(x), rows, COLUMNS), "weight", tensor(floats(weight), COLUMNS));
        out = Map.of("y", tensor(result, rows, COLUMNS));
        norm();
        float[] values = new float[x.length];
        result.get(0, values);
        Plain.checkRows("rms norm of ONNX Runtime",
                dev.kiln.ops.Array.copyOf(values, dev.kiln.graph.Shape.shape(rows, COLUMNS)), (from, columns, to) -> {
                    double norm = Plain.normScale(x, from, columns, EPS);
                    for (int i = 0; i < columns; i++) {
                        to[i] = x[from + i] * norm * weight[i];
                    }
                });
    }

    /** Gives the native memory back. */
    @TearDown
    public void tearDown() throws OrtException {
        session.close();
    }

    /** The norm. */
    @Benchmark
    public void norm() throws OrtException {
        session.run(in, out).close();
    }

    private OnnxTensor tensor(FloatBuffer data, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, data, shape);
    }

    private static FloatBuffer floats(float[] values) {
        return ByteBuffer.allocateDirect(values.length * OnnxJavaType.FLOAT.size).order(ByteOrder.nativeOrder())
                .asFloatBuffer().put(0, values);
    }
}
