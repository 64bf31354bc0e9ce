package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ElementTextTest {
    @ParameterizedTest
    @CsvSource({"0,0", "-0.0,-0", "1,1", "-1.5,-1.5", "0.1,0.1", "1.123456789,1.12346", "100000,100000",
        "999999,999999", "999999.5,1e+06", "1000000,1e+06", "1234567,1.23457e+06", "123456.5,123456",
        "123457.5,123458", "0.0001,0.0001", "0.00001,1e-05", "0.000123456789,0.000123457", "0.00009999999,0.0001",
        "1e100,1e+100", "-2.5e-310,-2.5e-310", "4.9E-324,4.94066e-324", "1.7976931348623157E308,1.79769e+308",
        "NaN,nan", "Infinity,inf", "-Infinity,-inf"})
    void reals_have_six_significant_digits(double value, String text) {
        assertEquals(text, ElementText.real(value));
    }

    @ParameterizedTest
    @CsvSource({"BOOL,00,False", "BOOL,01,True", "UINT8,ff,255", "INT8,ff,-1", "UINT16,ffff,65535", "INT16,8000,-32768",
        "UINT32,ffffffff,4294967295", "INT32,80000000,-2147483648", "UINT64,ffffffffffffffff,18446744073709551615",
        "INT64,8000000000000000,-9223372036854775808", "FLOAT16,3ccd,1.2002", "FLOAT16,fc00,-inf",
        "FLOAT16,0001,5.96046e-08", "BFLOAT16,3f9a,1.20312", "BFLOAT16,ff80,-inf", "BFLOAT16,7fc0,nan",
        "FLOAT32,3dcccccd,0.1", "FLOAT64,3fb999999999999a,0.1"})
    void each_dtype_is_read_in_its_own_way(DType dtype, String hex, String text) {
        ByteBuffer bits = ByteBuffer.allocate(9).order(ByteOrder.nativeOrder());
        long value = Long.parseUnsignedLong(hex, 16);
        switch (dtype.size()) {
            case 1 -> bits.put(1, (byte) value);
            case 2 -> bits.putShort(1, (short) value);
            case 4 -> bits.putInt(1, (int) value);
            default -> bits.putLong(1, value);
        }
        assertEquals(text, ElementText.at(MemorySegment.ofBuffer(bits), dtype, 1));
    }

    @ParameterizedTest
    @CsvSource({"1,2,1+2j", "1,-1,1-1j", "0,0,0+0j", "-0.0,-0.0,-0-0j", "NaN,NaN,nan+nanj",
        "Infinity,-Infinity,inf-infj",
        "0.5,1e-7,0.5+1e-07j"})
    void complex_numbers_carry_a_sign_between_their_parts(float real, float imaginary, String text) {
        MemorySegment data = MemorySegment.ofArray(new float[] {real, imaginary});
        assertEquals(text, ElementText.at(data, DType.COMPLEX64, 0));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void an_element_that_is_not_wholly_there_is_not_read(DType dtype) {
        byte[] bytes = new byte[dtype.size()];
        MemorySegment data = MemorySegment.ofArray(bytes);
        assertThrows(IndexOutOfBoundsException.class, () -> ElementText.at(data, dtype, 1));
    }

    @Test
    void an_array_in_memory_prints_element_by_element() {
        MemorySegment data = MemorySegment.ofArray(new float[] {1, 0.5f, Float.NaN, 1e-6f});
        Shape shape = Shape.shape(2, 2);
        assertEquals("""
                array([[1, 0.5],
                       [nan, 1e-06]], dtype=float32)""", ArrayPrinter.print(DType.FLOAT32, shape, index -> ElementText
                .at(data, DType.FLOAT32, 8 * index[0] + 4 * index[1])));
    }
}
