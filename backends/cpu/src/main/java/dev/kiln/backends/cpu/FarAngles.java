package dev.kiln.backends.cpu;

/**
 * Sines, cosines and tangents of angles so large that a turn cannot be subtracted from them in a few steps: one element after
 * the other, in place. {@link Math} knows as many digits of pi as it takes.
 */
public final class FarAngles {

    private FarAngles() {}

    /** The sines of {@code x}, in its place. */
    public static float[] sin(float[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.sin(x[i]);
        }
        return x;
    }

    /** The cosines of {@code x}, in its place. */
    public static float[] cos(float[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.cos(x[i]);
        }
        return x;
    }

    /** The tangents of {@code x}, in its place. */
    public static float[] tan(float[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.tan(x[i]);
        }
        return x;
    }

    /** The sines of {@code x}, in its place. */
    public static double[] sin(double[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.sin(x[i]);
        }
        return x;
    }

    /** The cosines of {@code x}, in its place. */
    public static double[] cos(double[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.cos(x[i]);
        }
        return x;
    }

    /** The tangents of {@code x}, in its place. */
    public static double[] tan(double[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.tan(x[i]);
        }
        return x;
    }
}
