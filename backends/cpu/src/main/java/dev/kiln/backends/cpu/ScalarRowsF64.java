package dev.kiln.backends.cpu;

/** Row loops over float64, four partial sums at a time. */
final class ScalarRowsF64 implements FloatRows {
    @Override
    public double narrow(double value) {
        return value;
    }

    @Override
    public double sum(Reg x, int at, int cols) {
        double[] f = x.d();
        double[] s = new double[4];
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
        double[] f = x.d();
        double[] s = new double[4];
        double m = mean;
        for (int i = 0; i < cols; i++) {
            double v = f[at + i] - m;
            s[i & 3] += v * v;
        }
        return total(s);
    }

    @Override
    public double dot(Reg x, Reg u, int at, int cols, double shift) {
        double[] a = x.d();
        double[] b = u.d();
        double[] s = new double[4];
        double m = shift;
        for (int i = 0; i < cols; i++) {
            s[i & 3] += (a[at + i] - m) * b[at + i];
        }
        return total(s);
    }

    @Override
    public double sumOfExp(Reg x, int at, int cols, double shift) {
        double[] f = x.d();
        double[] s = new double[4];
        for (int i = 0; i < cols; i++) {
            s[i & 3] += Math.exp(f[at + i] - shift);
        }
        return total(s);
    }

    private static double total(double[] s) {
        return s[0] + s[1] + (s[2] + s[3]);
    }

    @Override
    public double product(Reg x, int at, int cols) {
        double[] f = x.d();
        double product = 1;
        for (int i = at; i < at + cols; i++) {
            product *= f[i];
        }
        return product;
    }

    @Override
    public double max(Reg x, int at, int cols) {
        double[] f = x.d();
        double max = Double.NEGATIVE_INFINITY;
        for (int i = at; i < at + cols; i++) {
            max = Math.max(max, f[i]);
        }
        return max;
    }

    @Override
    public double min(Reg x, int at, int cols) {
        double[] f = x.d();
        double min = Double.POSITIVE_INFINITY;
        for (int i = at; i < at + cols; i++) {
            min = Math.min(min, f[i]);
        }
        return min;
    }

    @Override
    public int indexOf(Reg x, int at, int cols, double value) {
        double[] f = x.d();
        for (int i = 0; i < cols; i++) {
            double v = f[at + i];
            if (v == value || (Double.isNaN(v) && Double.isNaN(value))) {
                return i;
            }
        }
        return 0;
    }

    @Override
    public void scale(Reg out, Reg x, int at, int cols, double factor) {
        double[] f = x.d();
        double[] y = out.d();
        double by = factor;
        for (int i = at; i < at + cols; i++) {
            y[i] = f[i] * by;
        }
    }

    @Override
    public void standardize(Reg out, Reg x, int at, int cols, double mean, double factor) {
        double[] f = x.d();
        double[] y = out.d();
        double m = mean;
        double by = factor;
        for (int i = at; i < at + cols; i++) {
            y[i] = (f[i] - m) * by;
        }
    }

    @Override
    public void combine(Reg out, Reg x, Reg u, int at, int cols, double factor, double slope, double shift,
            double level) {
        double[] a = x.d();
        double[] b = u.d();
        double[] y = out.d();
        double by = factor;
        double p = slope;
        double m = shift;
        double q = level;
        for (int i = at; i < at + cols; i++) {
            y[i] = by * (b[i] + (p * (a[i] - m) + q));
        }
    }

    @Override
    public void exp(Reg out, Reg x, int at, int cols, double shift) {
        double[] f = x.d();
        double[] y = out.d();
        for (int i = at; i < at + cols; i++) {
            y[i] = Math.exp(f[i] - shift);
        }
    }
}
