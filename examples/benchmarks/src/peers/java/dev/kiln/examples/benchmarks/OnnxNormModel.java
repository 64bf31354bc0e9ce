package dev.kiln.examples.benchmarks;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * An ONNX model of one norm, written as Protocol Buffers by hand. Field numbers are those of
 * <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>.
 */
final class OnnxNormModel {

    private static final int VARINT = 0;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private static final int ATTRIBUTE_FLOAT = 1;
    private static final int ATTRIBUTE_INT = 2;
    private static final int ELEMENT_FLOAT = 1;
    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;

    /** A message in the making. */
    private static final class Message {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint(field << 3 | VARINT);
            varint(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.out.toByteArray());
        }

        Message real(int field, float value) {
            varint(field << 3 | FIXED32);
            int bits = Float.floatToRawIntBits(value);
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                out.write(bits >>> shift);
            }
            return this;
        }

        private Message bytes(int field, byte[] value) {
            varint(field << 3 | BYTES);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }

    private OnnxNormModel() {}

    /** {@code y = SimplifiedLayerNormalization(x, weight)} over the last axis. */
    static byte[] bytes(long rows, long columns, float eps) {
        Message node = new Message().text(1, "x").text(1, "weight").text(2, "y").text(3, "norm")
                .text(4, "SimplifiedLayerNormalization")
                .message(5, new Message().text(1, "axis").number(3, -1).number(20, ATTRIBUTE_INT))
                .message(5, new Message().text(1, "epsilon").real(2, eps).number(20, ATTRIBUTE_FLOAT));
        Message graph = new Message().message(1, node).text(2, "graph").message(11, value("x", rows, columns))
                .message(11, value("weight", columns)).message(12, value("y", rows, columns));
        return new Message().number(1, IR_VERSION).message(7, graph)
                .message(8, new Message().text(1, "").number(2, OPSET)).out.toByteArray();
    }

    private static Message value(String name, long... dims) {
        Message shape = new Message();
        for (long dim : dims) {
            shape.message(1, new Message().number(1, dim));
        }
        Message tensor = new Message().number(1, ELEMENT_FLOAT).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }
}
