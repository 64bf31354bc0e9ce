package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.ChainLoop;
import dev.kiln.backends.cpu.FloatChain;
import java.util.List;

/**
 * Chains of the commonest functions. They are few since each costs all of them time: where the branches of the switch come together
 * the compiler moves vectors between registers, and with a dozen of them it was no faster than a loop for each function.
 */
final class F32Chain implements FloatChain {

    /** By the numbers that the switch knows them by. */
    private static final List<String> FUNCTIONS = List.of("add", "subtract", "multiply", "maximum", "minimum");

    @Override
    public int number(String function) {
        return FUNCTIONS.indexOf(function);
    }

    @Override
    public ChainLoop loop() {
        return Holder.LOOP;
    }

    private static final class Holder {
        static final ChainLoop LOOP = FilledTemplate.<ChainLoop>of(F32ChainTemplate.class, Samples::chain);
    }
}
