package dev.kiln.backends.cpu;

/** Row loops over float32, four partial sums at a time. */
final class ScalarRowsF32 implements FloatRows {
    @Override
    public double narrow(double value) {
        return (float) value;
    }

    @Override
    public double sum(Reg x, int at, int cols) {
        float[] f = x.f();
        float[] s = new float[4];
        for (int i = 0; i < cols; i++) {
            s[i & 3] += f[at + i];
        }
        return total(s);
    }

    @Override
    public double sumOfSquares(Reg x, int at, int cols) {
        return sumOfSquaredDeviations(x, at, cols, 0);
    }

    @Override
    public double sumOfSquaredDeviations(Reg x, int at, int cols, double mean) {
        float[] f = x.f();
        float[] s = new float[4];
        float m = (float) mean;
        for (int i = 0; i < cols; i++) {
            float v = f[at + i] - m;
            s[i & 3] += v * v;
        }
        return total(s);
    }

    @Override
    public double dot(Reg x, Reg u, int at, int cols, double shift) {
        float[] a = x.f();
        float[] b = u.f();
        float[] s = new float[4];
        float m = (float) shift;
        for (int i = 0; i < cols; i++) {
            s[i & 3] += (a[at + i] - m) * b[at + i];
        }
        return total(s);
    }

    @Override
    public double sumOfExp(Reg x, int at, int cols, double shift) {
        float[] f = x.f();
        float[] s = new float[4];
        for (int i = 0; i < cols; i++) {
            s[i & 3] += (float) Math.exp(f[at + i] - shift);
        }
        return total(s);
    }

    private static float total(float[] s) {
        return s[0] + s[1] + (s[2] + s[3]);
    }

    @Override
    public double product(Reg x, int at, int cols) {
        float[] f = x.f();
        float product = 1;
        for (int i = at; i < at + cols; i++) {
            product *= f[i];
        }
        return product;
    }

    @Override
    public double max(Reg x, int at, int cols) {
        float[] f = x.f();
        float max = Float.NEGATIVE_INFINITY;
        for (int i = at; i < at + cols; i++) {
            max = Math.max(max, f[i]);
        }
        return max;
    }

    @Override
    public double min(Reg x, int at, int cols) {
        float[] f = x.f();
        float min = Float.POSITIVE_INFINITY;
        for (int i = at; i < at + cols; i++) {
            min = Math.min(min, f[i]);
        }
        return min;
    }

    @Override
    public int indexOf(Reg x, int at, int cols, double value) {
        float[] f = x.f();
        for (int i = 0; i < cols; i++) {
            float v = f[at + i];
            if (v == value || (Float.isNaN(v) && Double.isNaN(value))) {
                return i;
            }
        }
        return 0;
    }

    @Override
    public void scale(Reg out, Reg x, int at, int cols, double factor) {
        float[] f = x.f();
        float[] y = out.f();
        float by = (float) factor;
        for (int i = at; i < at + cols; i++) {
            y[i] = f[i] * by;
        }
    }

    @Override
    public void standardize(Reg out, Reg x, int at, int cols, double mean, double factor) {
        float[] f = x.f();
        float[] y = out.f();
        float m = (float) mean;
        float by = (float) factor;
        for (int i = at; i < at + cols; i++) {
            y[i] = (f[i] - m) * by;
        }
    }

    @Override
    public void combine(Reg out, Reg x, Reg u, int at, int cols, double factor, double slope, double shift,
            double level) {
        float[] a = x.f();
        float[] b = u.f();
        float[] y = out.f();
        float by = (float) factor;
        float p = (float) slope;
        float m = (float) shift;
        float q = (float) level;
        for (int i = at; i < at + cols; i++) {
            y[i] = by * (b[i] + (p * (a[i] - m) + q));
        }
    }

    @Override
    public void exp(Reg out, Reg x, int at, int cols, double shift) {
        float[] f = x.f();
        float[] y = out.f();
        for (int i = at; i < at + cols; i++) {
            y[i] = (float) Math.exp(f[i] - shift);
        }
    }
}
