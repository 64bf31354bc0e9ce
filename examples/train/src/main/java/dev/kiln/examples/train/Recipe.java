package dev.kiln.examples.train;

import dev.kiln.ops.optimizers.AdamW;
import dev.kiln.ops.optimizers.Optimizer;
import dev.kiln.ops.optimizers.Schedule;
import java.util.List;

/**
 * How a network learns. Kept with each checkpoint: who resumes goes on by it.
 *
 * @param steps how many there will be
 * @param batch texts in a step
 * @param rate the highest learning rate, after the warm-up
 * @param warmup steps in which the rate rises
 * @param weightDecay of AdamW
 * @param clip the greatest length of a gradient
 * @param bfloat16 whether steps compute in bfloat16; the weights that are updated are float32 all the same
 * @param seed decides the first weights and which texts come when
 */
record Recipe(int steps, int batch, double rate, int warmup, double weightDecay, double clip, boolean bfloat16,
        long seed) {

    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.95;
    private static final double EPS = 1e-8;
    private static final double LAST = 0.1;

    Recipe {
        require(steps >= 1, "--steps", steps, "be at least 1");
        require(batch >= 1, "--batch", batch, "be at least 1");
        require(rate > 0 && Double.isFinite(rate), "--learning-rate", rate, "be positive and finite");
        require(clip > 0, "--clip", clip, "be positive");
        require(weightDecay >= 0 && Double.isFinite(weightDecay), "--weight-decay", weightDecay,
                "be at least 0 and finite");
        require(warmup >= 0 && warmup < steps, "--warmup", warmup,
                "be at least 0 and less than --steps (" + steps + ")");
    }

    private static void require(boolean holds, String option, Number value, String what) {
        if (!holds) {
            throw new BadInput(option + " must " + what + ", but is " + value + ".");
        }
    }

    /** Up along a line, down along a cosine to a tenth. */
    Schedule schedule() {
        Schedule decay = Schedule.cosineDecay(rate, steps - warmup, LAST * rate);
        return warmup == 0
                ? decay
                : Schedule.joinSchedules(List.of(Schedule.linearSchedule(rate / warmup, rate, warmup), decay),
                        List.of(warmup));
    }

    Optimizer optimizer() {
        return new AdamW(schedule(), BETA1, BETA2, EPS, weightDecay, true);
    }
}
