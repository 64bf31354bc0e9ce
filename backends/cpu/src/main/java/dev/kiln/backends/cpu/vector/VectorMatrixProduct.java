package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.ElementType;
import dev.kiln.backends.cpu.MatrixOperand;
import dev.kiln.backends.cpu.MatrixProduct;
import dev.kiln.backends.cpu.Pool;
import dev.kiln.streams.Workers;

/**
 * Matrix products on the Vector API.
 *
 * <h2>Blocking</h2>
 *
 * A product of large matrices does k multiplications for every element it reads, so it is bound by arithmetic only as
 * long as elements are found in the right cache. The scheme is that of Goto and van de Geijn, <em>Anatomy of
 * High-Performance Matrix Multiplication</em> (ACM TOMS 34(3), 2008), from the inside out:
 *
 * <ul>
 * <li>A <b>tile</b> of 6 rows and two vectors of columns of the result stays in 12 registers over a depth of 256. A step
 * loads two vectors of the right factor and broadcasts six elements of the left one: 8 loads for 12 multiply-adds, enough
 * for two units with a latency of four cycles. With the two vectors and a factor that is 15 of the 16 registers of AVX2;
 * with the 32 of AVX-512 larger tiles were no faster. At the edge of the result there may be a tile of one vector, whose even
 * and odd steps have sums of their own, and one or two columns, which are dot products.
 * <li>A <b>column panel</b>, 256 deep and two vectors wide (32 KiB with AVX-512), is used for all tiles below each other
 * and stays in the first-level cache.
 * <li>96 <b>rows</b> of depth 256 (96 KiB) are used for all column panels and stay in the second-level cache.
 * <li>The <b>panels</b> of at most 512 columns of a block (512 KiB) are used for all rows of it and stay there too.
 * </ul>
 *
 * Packing copies a factor into the order in which tiles read it. It is also the place where strides of any kind disappear,
 * where 16-bit elements become float32, and where edges are filled up, so that one tile kernel does for everything. Rows of
 * float32 that are used for few columns are read where they are, and so are columns of a factor that fits the first-level cache.
 *
 * <h2>Tasks</h2>
 *
 * The workers first pack both factors together, each element once, and then take blocks of the result, which have no more
 * to do with each other; a deep product does both in turns. Every element is summed in the same order whatever the
 * blocks, hence results do not depend on the number of workers. Tile, packing and loop nest are methods of their own: each
 * is compiled as a whole after a few calls, instead of being replaced on the stack in the middle of a long loop.
 *
 * <h2>Few rows</h2>
 *
 * With up to 192 rows, as of a prompt, packing the columns is a good part of the work, and no block needs the panels of another.
 * So each packs a panel just before it is used for all rows, some steps deep, and finds it in its own caches. If there are
 * fewer panels than workers, blocks have a part of the rows, and several pack the same panel.
 *
 * <p>With up to eight rows or columns there is nothing to gain from packing: {@link SkinnyProduct} reads the large matrix
 * once, at the speed of memory. A few columns are turned into a few rows by transposing the whole equation.
 */
public final class VectorMatrixProduct implements MatrixProduct {

    /** Fewer bytes of the large matrix than this are not worth handing to another thread. */
    private static final long LEAST_BYTES_PER_TASK = 128 << 10;

    private static final int IDLE_SCRATCH = Math.max(4, Runtime.getRuntime().availableProcessors());

    private final Pool<SkinnyProduct> skinny = new Pool<>(IDLE_SCRATCH, SkinnyProduct::new);
    private final Pool<TiledProduct> floats = new Pool<>(IDLE_SCRATCH, FloatTiledProduct::new);
    private final Pool<TiledProduct> doubles = new Pool<>(IDLE_SCRATCH, DoubleTiledProduct::new);

    @Override
    public void multiply(int m, int n, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c, Workers workers) {
        MatrixProduct.check(m, n, k, a, b, c);
        if (m == 0 || n == 0) {
            return;
        }
        if (SkinnyProduct.suits(m, n, k, b)) {
            multiplySkinny(m, n, k, a, b, c, workers);
        } else if (SkinnyProduct.suits(n, m, k, a.transposed())) {
            multiplySkinny(n, m, k, b.transposed(), a.transposed(), c.transposed(), workers);
        } else if (c.rowStride() == 1 && c.colStride() != 1) {
            multiplyTiled(n, m, k, b.transposed(), a.transposed(), c.transposed(), workers);
        } else {
            multiplyTiled(m, n, k, a, b, c, workers);
        }
    }

    private void multiplySkinny(int m, int n, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c,
            Workers workers) {
        SkinnyProduct own = skinny.acquire();
        MatrixOperand left = own.widenLeft(m, k, a);
        long bytes = (long) n * k * b.type().bytes();
        int parts = SkinnyProduct.parts(m, k, bytes, b);
        if (parts > 1) {
            multiplyInParts(m, n, k, left, b, c, workers, own, parts);
        } else if (workers.count() == 1 || bytes < 2 * LEAST_BYTES_PER_TASK) {
            own.multiply(m, 0, n, k, left, b, c);
        } else {
            multiplySkinnyTogether(m, n, k, left, b, c, workers, bytes);
        }
        skinny.release(own);
    }

    private void multiplySkinnyTogether(int m, int n, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c,
            Workers workers, long bytes) {
        int tasks = (int) Math.min(4L * workers.count(), bytes / LEAST_BYTES_PER_TASK);
        int cols = Math.ceilDiv(Math.ceilDiv(n, tasks), 32) * 32;
        workers.run(Math.ceilDiv(n, cols), task -> {
            SkinnyProduct scratch = skinny.acquire();
            int first = task * cols;
            scratch.multiply(m, first, Math.min(cols, n - first), k, a, b, c);
            skinny.release(scratch);
        });
    }

    /** Parts of the rows, which are whole stretches of memory; how many they are does not depend on the workers, nor do the sums. */
    private void multiplyInParts(int m, int n, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c,
            Workers workers, SkinnyProduct own, int parts) {
        int depth = Math.ceilDiv(k, parts);
        long partials = own.reservePartials(parts, m, n);
        workers.run(parts, part -> {
            SkinnyProduct scratch = skinny.acquire();
            int first = part * depth;
            scratch.addRows(m, n, Math.clamp(k - first, 0, depth), a.from(0, first), b.from(first, 0),
                    SkinnyProduct.partial(partials, part, m, n));
            skinny.release(scratch);
        });
        workers.run(Math.ceilDiv(n, SkinnyProduct.SUMMED), block -> {
            SkinnyProduct scratch = skinny.acquire();
            int first = block * SkinnyProduct.SUMMED;
            scratch.sum(m, n, first, Math.min(SkinnyProduct.SUMMED, n - first), parts, partials, c);
            skinny.release(scratch);
        });
    }

    private void multiplyTiled(int m, int n, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c,
            Workers workers) {
        Pool<TiledProduct> pool = c.type() == ElementType.F64 ? doubles : floats;
        TiledProduct product = pool.acquire();
        product.multiply(m, n, k, a, b, c, workers);
        pool.release(product);
    }
}
