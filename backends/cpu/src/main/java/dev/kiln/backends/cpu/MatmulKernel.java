package dev.kiln.backends.cpu;

import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.ops.Matmul;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Multiplies the matrices of a batch one after the other or, where each is small or there are many, several at the same time.
 * If all of them are multiplied with the same matrix, they are one matrix with more rows.
 */
final class MatmulKernel implements Kernel {

    private static final Workers ALONE = new Workers() {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public void run(int tasks, IntConsumer body) {
            for (int task = 0; task < tasks; task++) {
                body.accept(task);
            }
        }
    };

    /** From so many multiplications on, the threads share one product rather than the batch. */
    private static final long LARGE = 1L << 22;

    /** But not in a batch with at least so many products a thread, which needs no waiting for each other. */
    private static final int MANY = 4;

    private final MatrixProduct product = Loops.get().matrices();
    private final ElementType type;
    private final int m;
    private final int n;
    private final int k;
    private final long batch;
    private final MatrixOperand a;
    private final MatrixOperand b;
    private final Walk batchOfA;
    private final Walk batchOfB;

    private MatmulKernel(Work.Single work) {
        type = ElementType.of(work.output().dtype());
        Shape shape = work.output().shape();
        Work.Operand left = work.inputs().getFirst();
        Shape leading = Shape.shape(Arrays.copyOf(shape.toArray(), shape.rank() - 2));
        n = Math.toIntExact(shape.dim(-1));
        k = Math.toIntExact(left.spec().shape().dim(-1));
        b = matrix(work.inputs().get(1));
        batchOfA = walk(left, leading);
        batchOfB = walk(work.inputs().get(1), leading);
        Walk rows = walk(left, Shape.shape(Arrays.copyOf(shape.toArray(), shape.rank() - 1)));
        if (leading.size() > 1 && batchOfB.isConstant() && rows.rank() == 1) {
            m = Math.toIntExact(leading.size() * shape.dim(-2));
            batch = 1;
            a = new MatrixOperand(0, rows.steps[0] / type.bytes(), left.layout().stride(-1), type);
        } else {
            m = Math.toIntExact(shape.dim(-2));
            batch = leading.size();
            a = matrix(left);
        }
    }

    static Kernel of(Matmul matmul, Work.Single work) {
        return new MatmulKernel(work);
    }

    /** The first matrix of an operand; its address is not known yet. */
    private MatrixOperand matrix(Work.Operand operand) {
        return new MatrixOperand(0, operand.layout().stride(-2), operand.layout().stride(-1), type);
    }

    private static Walk walk(Work.Operand operand, Shape leading) {
        return Walk.of(leading, new Layout(0, operand.layout().strides().subArray(0, leading.rank())),
                operand.spec().dtype().size());
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        Workers workers = Workers.shared();
        double work = (double) m * n * k;
        if (batch == 1 || work >= LARGE && batch < (long) MANY * workers.count()) {
            for (long i = 0; i < batch; i++) {
                multiply(i, addresses, workers);
            }
        } else {
            int tasks = Tasks.count(batch, work * batch);
            workers.run(tasks, task -> {
                long end = Tasks.start(batch, tasks, task + 1);
                for (long i = Tasks.start(batch, tasks, task); i < end; i++) {
                    multiply(i, addresses, ALONE);
                }
            });
        }
    }

    private void multiply(long index, long[] addresses, Workers workers) {
        product.multiply(m, n, k, at(a, addresses[0] + batchOfA.offset(index)),
                at(b, addresses[1] + batchOfB.offset(index)),
                new MatrixOperand(addresses[2] + index * m * n * type.bytes(), n, 1, type), workers);
    }

    private static MatrixOperand at(MatrixOperand matrix, long address) {
        return new MatrixOperand(address, matrix.rowStride(), matrix.colStride(), matrix.type());
    }
}
