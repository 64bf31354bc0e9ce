package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.Elements;
import dev.kiln.backends.cpu.Formula;
import dev.kiln.backends.cpu.Formula.Apply;
import dev.kiln.backends.cpu.Formula.Constant;
import dev.kiln.backends.cpu.Formula.Fold;
import dev.kiln.backends.cpu.Formula.Read;
import dev.kiln.backends.cpu.Formula.Scalar;
import dev.kiln.backends.cpu.Formula.Store;
import dev.kiln.backends.cpu.Passes.Pass;
import dev.kiln.graph.DType;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Writes the method of one pass, or of what comes after the last. */
final class PassWriter {

    private static final ClassDesc SPECIES = VectorSpecies.class.describeConstable().orElseThrow();
    private static final ClassDesc SHUFFLE = VectorShuffle.class.describeConstable().orElseThrow();
    private static final ClassDesc OUR_SPECIES = Species.class.describeConstable().orElseThrow();
    private static final ClassDesc ACROSS = Across.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc BROADCAST = MethodTypeDesc.of(VectorTerms.FLOATS, SPECIES,
            ConstantDescs.CD_float);
    private static final MethodTypeDesc JOIN = MethodTypeDesc.of(VectorTerms.FLOATS, VectorTerms.FLOATS,
            VectorTerms.FLOATS);
    private static final int PARTIALS = 4;
    private static final int AT = 0;
    private static final int ROW = 1;
    private static final int STAGED = 2;
    private static final int COLUMNS = 3;

    private final CodeBuilder code;
    private final Formula formula;
    private final VectorTerms terms;
    private final List<Integer> kept;
    private final int lanes = Species.F32.length();
    /** By place in the array of addresses, where the address is, or the array that stands for it. */
    private final Map<Integer, Integer> addresses = new HashMap<>();
    /** By term, where its vector is: for the whole pass if it is by row, else for the step being written. */
    private final Map<Integer, Integer> vectors = new HashMap<>();
    private final Map<Integer, int[]> partials = new HashMap<>();
    private int index;
    private int mask;

    PassWriter(CodeBuilder code, Formula formula, VectorTerms terms, List<Integer> kept) {
        this.code = code;
        this.formula = formula;
        this.terms = terms;
        this.kept = kept;
    }

    /** About how many bytes a pass takes. */
    static int length(Pass pass, VectorTerms terms) {
        int once = Stream.concat(pass.body().stream().filter(term -> !pass.recalled().contains(term)),
                pass.folds().stream()).mapToInt(terms::length).sum();
        return once * (pass.folds().isEmpty() ? 2 : PARTIALS + 2);
    }

    /** The whole of a pass. */
    void pass(Pass pass) {
        pass.rows().forEach(this::row);
        fetch(pass);
        index = code.allocateLocal(TypeKind.INT);
        mask = code.allocateLocal(TypeKind.REFERENCE);
        code.iconst_0().istore(index);
        if (!pass.folds().isEmpty()) {
            loop(pass, PARTIALS);
        }
        loop(pass, 1);
        rest(pass);
        pass.folds().forEach(this::finish);
        code.return_();
    }

    /** What is left after the last pass. */
    void end(List<Integer> rows) {
        rows.forEach(this::row);
        for (int i = 0; i < formula.stores().size(); i++) {
            Store store = formula.stores().get(i);
            if (formula.terms().get(store.term()).byRow()) {
                number(store.term());
                address(formula.reads().size() + i);
                copy(VectorMemory.class, "write" + word(store.dtype()) + "One",
                        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_float, ConstantDescs.CD_long));
            }
        }
        code.return_();
    }

    /** Computes a number of the row and puts it in its place. */
    private void row(int term) {
        code.aload(ROW).loadConstant(term);
        switch (formula.terms().get(term)) {
            case Read read -> {
                address(read.input());
                copy(VectorMemory.class, "read" + word(read.dtype()) + "One",
                        MethodTypeDesc.of(ConstantDescs.CD_float, ConstantDescs.CD_long));
            }
            case Constant constant -> code.loadConstant(constant.value());
            case Scalar scalar -> {
                Method method = terms.method(term);
                scalar.arguments().forEach(this::number);
                if (method.getParameterCount() > scalar.arguments().size()) {
                    code.iload(COLUMNS);
                }
                copy(RowScalars.class, method.getName(), VectorTerms.type(method));
            }
            case Apply apply -> {
                apply.arguments().forEach(argument -> {
                    code.getstatic(OUR_SPECIES, "F32", SPECIES);
                    number(argument);
                    code.invokestatic(VectorTerms.FLOATS, "broadcast", BROADCAST);
                });
                copy(terms.method(term));
                code.iconst_0().invokevirtual(VectorTerms.FLOATS, "lane",
                        MethodTypeDesc.of(ConstantDescs.CD_float, ConstantDescs.CD_int));
            }
            case Fold fold -> throw new IllegalArgumentException("A fold ends with its pass.");
        }
        code.fastore();
    }

    /** Before the loop: addresses, the numbers of the row as vectors, and the partial results of folds. */
    private void fetch(Pass pass) {
        for (int term : pass.body()) {
            if (formula.terms().get(term) instanceof Read read) {
                hold(read.input(), read.staged());
            }
        }
        pass.stores().forEach(store -> hold(formula.reads().size() + store, formula.stores().get(store).staged()));
        pass.saved().forEach(term -> hold(scratch(term), false));
        pass.recalled().forEach(term -> hold(scratch(term), false));
        TreeSet<Integer> numbers = new TreeSet<>();
        for (int term : pass.body()) {
            if (!pass.recalled().contains(term)) {
                numbers.addAll(formula.terms().get(term).arguments());
            }
        }
        pass.folds().forEach(fold -> numbers.addAll(formula.terms().get(fold).arguments()));
        for (int term : numbers) {
            if (formula.terms().get(term).byRow()) {
                code.getstatic(OUR_SPECIES, "F32", SPECIES);
                number(term);
                code.invokestatic(VectorTerms.FLOATS, "broadcast", BROADCAST);
                vectors.put(term, keep());
            }
        }
        for (int fold : pass.folds()) {
            int[] slots = new int[PARTIALS];
            for (int i = 0; i < slots.length; i++) {
                code.getstatic(OUR_SPECIES, "F32", SPECIES).loadConstant(kind(fold).start())
                        .invokestatic(VectorTerms.FLOATS, "broadcast", BROADCAST);
                slots[i] = keep();
            }
            partials.put(fold, slots);
        }
    }

    /**
     * As long as there are {@code steps} more vectors in the row, does them. The loop ends by inequality, so the compiler does not
     * unroll it, as in {@link Float32Norm#squares}.
     */
    private void loop(Pass pass, int steps) {
        Label again = code.newLabel();
        Label done = code.newLabel();
        int end = code.allocateLocal(TypeKind.INT);
        code.iload(COLUMNS).iload(COLUMNS).loadConstant(steps * lanes).irem().isub().istore(end);
        code.labelBinding(again).iload(index).iload(end).if_icmpeq(done);
        for (int step = 0; step < steps; step++) {
            step(pass, step, List.of());
            for (int fold : pass.folds()) {
                int slot = partials(fold)[step];
                code.aload(slot);
                fold(fold);
                code.astore(slot);
            }
        }
        code.iinc(index, steps * lanes).goto_(again).labelBinding(done);
    }

    /** The elements that are left, fewer than a vector. */
    private void rest(Pass pass) {
        Label done = code.newLabel();
        code.iload(index).iload(COLUMNS).if_icmpge(done);
        code.getstatic(OUR_SPECIES, "F32", SPECIES).iload(index).iload(COLUMNS)
                .invokeinterface(SPECIES, "indexInRange",
                        MethodTypeDesc.of(VectorTerms.TRUTHS, ConstantDescs.CD_int, ConstantDescs.CD_int))
                .astore(mask);
        step(pass, 0, List.of(mask));
        for (int fold : pass.folds()) {
            int slot = partials(fold)[1];
            code.aload(slot).aload(slot);
            fold(fold);
            code.aload(mask)
                    .invokevirtual(VectorTerms.FLOATS, "blend",
                            MethodTypeDesc.of(VectorTerms.FLOATS,
                                    jdk.incubator.vector.Vector.class.describeConstable().orElseThrow(),
                                    VectorTerms.TRUTHS))
                    .astore(slot);
        }
        code.labelBinding(done);
    }

    /**
     * One vector of everything by element that the pass computes, {@code number} vectors behind the index.
     *
     * @param there the local of the mask of elements that are there; none if all are
     */
    private void step(Pass pass, int number, List<Integer> there) {
        for (int term : pass.body()) {
            if (pass.recalled().contains(term)) {
                read(scratch(term), DType.FLOAT32, number, there);
            } else if (formula.terms().get(term) instanceof Read read && read.staged()) {
                code.getstatic(OUR_SPECIES, "F32", SPECIES);
                staged(read.input(), number);
                code.invokestatic(VectorTerms.FLOATS, "fromArray", MethodTypeDesc.of(VectorTerms.FLOATS, SPECIES,
                        ConstantDescs.CD_float.arrayType(), ConstantDescs.CD_int));
            } else if (formula.terms().get(term) instanceof Read read) {
                read(read.input(), read.dtype(), number, there);
            } else {
                formula.terms().get(term).arguments().forEach(this::vector);
                copy(terms.method(term));
            }
            vectors.put(term, keep());
        }
        for (int term : pass.saved()) {
            write(term, scratch(term), DType.FLOAT32, number, List.of());
        }
        for (int store : pass.stores()) {
            Store stored = formula.stores().get(store);
            int place = formula.reads().size() + store;
            if (stored.staged()) {
                vector(stored.term());
                staged(place, number);
                code.invokevirtual(VectorTerms.FLOATS, "intoArray", MethodTypeDesc.of(ConstantDescs.CD_void,
                        ConstantDescs.CD_float.arrayType(), ConstantDescs.CD_int));
            } else {
                write(stored.term(), place, stored.dtype(), number, there);
            }
        }
    }

    private void read(int place, DType dtype, int number, List<Integer> there) {
        element(place, dtype, number);
        ClassDesc type = dtype == DType.BOOL ? VectorTerms.TRUTHS : VectorTerms.FLOATS;
        copy("read", dtype, MethodTypeDesc.of(type, ConstantDescs.CD_long), there);
    }

    private void write(int term, int place, DType dtype, int number, List<Integer> there) {
        vector(term);
        element(place, dtype, number);
        copy("write", dtype, MethodTypeDesc.of(ConstantDescs.CD_void, terms.type(term), ConstantDescs.CD_long), there);
    }

    /** A method of {@link VectorMemory} or {@link Truths}, or the one of that name that is told besides which elements are there. */
    private void copy(String verb, DType dtype, MethodTypeDesc type, List<Integer> there) {
        there.forEach(code::aload);
        copy(dtype == DType.BOOL ? Truths.IN_USE : VectorMemory.class, verb + word(dtype),
                type.insertParameterTypes(type.parameterCount(),
                        Collections.nCopies(there.size(), VectorTerms.TRUTHS).toArray(ClassDesc[]::new)));
    }

    /** The address of the index's element, {@code number} vectors further on; under a mask, as {@link Elements#floatAt} has it. */
    private void element(int place, DType dtype, int number) {
        code.lload(Objects.requireNonNull(addresses.get(place))).iload(index).loadConstant(Integer.MAX_VALUE).iand()
                .i2l().loadConstant((long) dtype.size()).lmul().ladd();
        if (number > 0) {
            code.loadConstant((long) number * lanes * dtype.size()).ladd();
        }
    }

    /** The array that stands for a place, and the index's element in it, {@code number} vectors further on. */
    private void staged(int place, int number) {
        code.aload(Objects.requireNonNull(addresses.get(place))).iload(index);
        if (number > 0) {
            code.loadConstant(number * lanes).iadd();
        }
    }

    /** Takes a vector into the partial result on the stack. */
    private void fold(int fold) {
        formula.terms().get(fold).arguments().forEach(this::vector);
        copy(terms.method(fold));
    }

    /** The number that a fold comes to: the partial results joined, then half onto half. */
    private void finish(int fold) {
        int[] slots = partials(fold);
        String join = kind(fold).join();
        code.aload(ROW).loadConstant(fold);
        code.aload(slots[0]).aload(slots[1]);
        copy(F32Functions.class, join, JOIN);
        code.aload(slots[2]).aload(slots[3]);
        copy(F32Functions.class, join, JOIN);
        copy(F32Functions.class, join, JOIN);
        for (int half = lanes / 2; half > 0; half /= 2) {
            code.dup().getstatic(ACROSS, "F32_BY_" + half, SHUFFLE).invokevirtual(VectorTerms.FLOATS, "rearrange",
                    MethodTypeDesc.of(VectorTerms.FLOATS, SHUFFLE));
            copy(F32Functions.class, join, JOIN);
        }
        code.iconst_0()
                .invokevirtual(VectorTerms.FLOATS, "lane",
                        MethodTypeDesc.of(ConstantDescs.CD_float, ConstantDescs.CD_int))
                .fastore();
    }

    private F32Folds.Fold kind(int fold) {
        return Objects.requireNonNull(terms.method(fold).getAnnotation(F32Folds.Fold.class));
    }

    private int[] partials(int fold) {
        return Objects.requireNonNull(partials.get(fold));
    }

    private int scratch(int term) {
        return formula.reads().size() + formula.stores().size() + kept.indexOf(term);
    }

    /** Puts an address, or the array that stands for it, into a local. */
    private void hold(int place, boolean staged) {
        int local = code.allocateLocal(staged ? TypeKind.REFERENCE : TypeKind.LONG);
        if (staged) {
            code.aload(STAGED).loadConstant(place).aaload().astore(local);
        } else {
            address(place);
            code.loadConstant(Elements.ADDRESS).land().lstore(local);
        }
        addresses.put(place, local);
    }

    private void address(int place) {
        code.aload(AT).loadConstant(place).laload();
    }

    private void number(int term) {
        code.aload(ROW).loadConstant(term).faload();
    }

    private void vector(int term) {
        code.aload(Objects.requireNonNull(vectors.get(term)));
    }

    private int keep() {
        int local = code.allocateLocal(TypeKind.REFERENCE);
        code.astore(local);
        return local;
    }

    private void copy(Method method) {
        copy(method.getDeclaringClass(), method.getName(), VectorTerms.type(method));
    }

    private void copy(Class<?> owner, String name, MethodTypeDesc type) {
        CodeCopier.copy(code, owner, name, type);
    }

    /** A dtype's name as part of a method's. */
    private static String word(DType dtype) {
        String name = dtype.name().toLowerCase(Locale.ROOT);
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }
}
