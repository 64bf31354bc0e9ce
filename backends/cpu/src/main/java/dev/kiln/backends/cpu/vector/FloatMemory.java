package dev.kiln.backends.cpu.vector;

import dev.kiln.graph.DType;
import dev.kiln.graph.OffHeap;
import java.nio.ByteOrder;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/**
 * How vectors of float are kept in memory, where a loop can go from memory to memory. Not float16: reading and rounding it
 * takes more vector operations than the compiler inlines into one loop, so it goes by way of registers.
 */
enum FloatMemory {
    BFLOAT16 {
        @Override
        FloatVector read(long address) {
            return SixteenBits.readBfloat16(address);
        }

        @Override
        FloatVector round(FloatVector v) {
            return SixteenBits.toBfloat16(v);
        }

        @Override
        void write(FloatVector v, long address) {
            SixteenBits.roundBfloat16(v, address);
        }

        @Override
        int size() {
            return Short.BYTES;
        }
    },
    FLOAT32 {
        @Override
        FloatVector read(long address) {
            return FloatVector.fromMemorySegment(Species.F32, OffHeap.ALL, address, NATIVE);
        }

        @Override
        FloatVector round(FloatVector v) {
            return v;
        }

        @Override
        void write(FloatVector v, long address) {
            v.intoMemorySegment(OffHeap.ALL, address, NATIVE);
        }

        @Override
        int size() {
            return Float.BYTES;
        }
    };

    private static final ByteOrder NATIVE = ByteOrder.nativeOrder();

    /** How {@code type} is kept, if it is one of these. */
    static Optional<FloatMemory> of(DType type) {
        return switch (type) {
            case BFLOAT16 -> Optional.of(BFLOAT16);
            case FLOAT32 -> Optional.of(FLOAT32);
            case FLOAT16, BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FLOAT64, COMPLEX64 ->
                Optional.empty();
        };
    }

    /** The vector at {@code address}. */
    abstract FloatVector read(long address);

    /** {@code v} with the values that memory would keep. */
    abstract FloatVector round(FloatVector v);

    /** Writes {@code v}, {@linkplain #round rounded}. */
    abstract void write(FloatVector v, long address);

    /** Bytes of an element. */
    abstract int size();
}
