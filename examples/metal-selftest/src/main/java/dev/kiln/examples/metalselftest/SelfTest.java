package dev.kiln.examples.metalselftest;

import dev.kiln.backends.metal.MetalSelfTest;
import dev.kiln.streams.Device;
import java.util.List;

/**
 * Runs every kernel of the Metal self-test, then whole computations on both devices, and prints what came out. The report
 * holds nothing personal: post it in an issue, please, whatever it says.
 */
public final class SelfTest {

    private SelfTest() {}

    /** Exits with 1 if the device is not there or something is wrong with it. */
    public static void main(String[] arguments) {
        if (arguments.length > 0) {
            System.err.println("metal-selftest takes no arguments.");
            System.exit(2);
        }
        System.out.println("Kiln self-test of Metal");
        System.out.println("system  " + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch"));
        System.out.println("java    " + System.getProperty("java.vm.name") + " " + Runtime.version());
        try {
            System.out.println("device  " + MetalSelfTest.device());
        } catch (RuntimeException absent) {
            System.out.println("device  none: " + absent.getMessage());
            System.exit(1);
        }
        List<MetalSelfTest.Result> kernels = MetalSelfTest.run();
        System.out.println("\nkernels, compiled and run");
        kernels.forEach(System.out::println);
        boolean passed = kernels.stream().allMatch(result -> result.failure().isEmpty());
        System.out.println("\navailable: " + Device.METAL.whyUnavailable().map(why -> "no, " + why).orElse("yes"));
        if (Device.METAL.isAvailable()) {
            System.out.println("\ncomputations on both devices");
            List<Comparison> comparisons = Comparison.all();
            comparisons.forEach(System.out::println);
            passed &= comparisons.stream().allMatch(Comparison::passed);
        }
        System.out.println(passed ? "\nAll passed." : "\nSomething FAILED.");
        System.exit(passed ? 0 : 1);
    }
}
