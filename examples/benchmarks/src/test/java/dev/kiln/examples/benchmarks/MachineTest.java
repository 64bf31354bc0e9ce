package dev.kiln.examples.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineTest {

    @Test
    void processorsOfOneNameAreToldApartByTheirFamily() {
        List<String> older = List.of("processor\t: 0", "cpu family\t: 25", "model\t\t: 17", "model name\t: AMD EPYC");
        List<String> newer = List.of("processor\t: 0", "cpu family\t: 26", "model\t\t: 2", "model name\t: AMD EPYC");
        assertEquals("AMD EPYC, family 25", Machine.cpu(older));
        assertEquals("AMD EPYC, family 26", Machine.cpu(newer));
    }

    @Test
    void aProcessorWithoutAFamilyIsCalledByItsNameAndOneWithoutANameByItsArchitecture() {
        assertEquals("Some Processor", Machine.cpu(List.of("model name\t: Some Processor")));
        assertEquals(System.getProperty("os.arch"), Machine.cpu(List.of("CPU implementer\t: 0x41")));
    }
}
