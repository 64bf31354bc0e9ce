package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.Formula;
import dev.kiln.backends.cpu.Passes;
import dev.kiln.backends.cpu.RowCode;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Optional;

/**
 * Writes a hidden class for a formula: a method for each pass along the row, with one loop over whole vectors that holds all of
 * the pass's arithmetic, and a last step under a mask.
 *
 * <p>
 * Numbers of the row are floats in an array between the passes, where each term has its place, and vectors of one value in the
 * loops. A fold has four partial results, joined and added across in the order in which the loops of {@link F32RowTemplates} do
 * it, so that the bits are theirs.
 */
final class RowCodeWriter {

    private static final Lookup LOOKUP = MethodHandles.lookup();
    private static final ClassDesc THIS = ClassDesc.of(RowCodeWriter.class.getPackageName(), "WrittenRowCode");
    static final MethodTypeDesc RUN = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long.arrayType(),
            ConstantDescs.CD_float.arrayType(), ConstantDescs.CD_float.arrayType(2), ConstantDescs.CD_int);

    /** Bytes of bytecode beyond which the JVM never compiles a method. */
    private static final int HUGE_METHOD = 8000;

    private RowCodeWriter() {}

    /** Code for {@code formula}; empty if one of its functions has no vector form, or if there are too many for one method. */
    static Optional<RowCode> write(Formula formula, Passes passes) {
        Optional<VectorTerms> terms = VectorTerms.of(formula);
        if (terms.isEmpty() || passes.kept().stream().anyMatch(terms.get()::isTruth)
                || passes.passes().stream().anyMatch(pass -> PassWriter.length(pass, terms.get()) > HUGE_METHOD)) {
            return Optional.empty();
        }
        byte[] code = ClassFile.of().build(THIS, builder -> {
            builder.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC)
                    .withInterfaceSymbols(RowCode.class.describeConstable().orElseThrow())
                    .withMethodBody(ConstantDescs.INIT_NAME, ConstantDescs.MTD_void, 0, init -> init.aload(0)
                            .invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                            .return_())
                    .withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, run -> run(run, passes));
            for (int i = 0; i < passes.passes().size(); i++) {
                Passes.Pass pass = passes.passes().get(i);
                builder.withMethodBody("pass" + i, RUN, ClassFile.ACC_STATIC,
                        method -> new PassWriter(method, formula, terms.get(), passes.kept()).pass(pass));
            }
            builder.withMethodBody("end", RUN, ClassFile.ACC_STATIC,
                    method -> new PassWriter(method, formula, terms.get(), passes.kept()).end(passes.rows()));
        });
        try {
            Lookup written = LOOKUP.defineHiddenClass(code, true);
            return Optional.of((RowCode) written
                    .findConstructor(written.lookupClass(), MethodType.methodType(void.class)).invoke());
        } catch (Throwable impossible) {
            throw new IllegalStateException("cannot define the code of " + formula, impossible);
        }
    }

    private static void run(CodeBuilder run, Passes passes) {
        List<Passes.Pass> all = passes.passes();
        for (int i = 0; i < all.size(); i++) {
            run.aload(1).aload(2).aload(3).iload(4).invokestatic(THIS, "pass" + i, RUN);
        }
        run.aload(1).aload(2).aload(3).iload(4).invokestatic(THIS, "end", RUN).return_();
    }
}
