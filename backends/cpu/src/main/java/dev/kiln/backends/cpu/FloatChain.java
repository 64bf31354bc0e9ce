package dev.kiln.backends.cpu;

/**
 * Some functions of two float32s, of which each takes what the one before it has computed and elements from memory. What passes from
 * one to the next stays in registers.
 */
public interface FloatChain {

    /** The number by which the loop knows a function, or -1 if it does not. */
    int number(String function);

    /** The loop, whichever its functions are. */
    ChainLoop loop();
}
