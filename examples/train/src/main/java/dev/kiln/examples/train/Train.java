package dev.kiln.examples.train;

import com.google.common.primitives.ImmutableIntArray;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A small Llama learns Java from the sources of the JDK that runs it.
 *
 * <p>
 * How it hangs together: {@link Corpus} is the text, {@link Tokenizer} learns its tokens, {@link Batches} deals them out,
 * {@link Learner} takes steps, {@link Examiner} measures on text that is held out, {@link NGrams} is what there is to beat, and
 * {@link Checkpoint} keeps it all.
 */
@Command(name = "train", mixinStandardHelpOptions = true, sortOptions = false, description = "Trains a small Llama on the sources of this JDK, or on a text.")
final class Train implements Callable<Integer> {

    private static final int FAILED = 1;
    private static final int WAIT_SECONDS = 60;
    private static final int[] ORDERS = {3, 5};
    private static final int SAMPLE_TOKENS = 120;
    private static final double SAMPLE_TEMPERATURE = 0.7;
    private static final double MEAN_KEPT = 0.95;

    @Option(names = "--text", paramLabel = "FILE", description = "Learns from this text rather than from the JDK's src.zip.")
    private @Nullable Path text;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "kiln-train", description = "Where checkpoints and the chart go (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("kiln-train");

    @Option(names = "--resume", description = "Goes on from the last checkpoint in --out, by the sizes and the recipe that it was begun with.")
    private boolean resume;

    @Option(names = "--steps", defaultValue = "2000", description = "How many steps (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--batch", defaultValue = "16", description = "Texts in a step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--length", defaultValue = "256", description = "Tokens of a text (default: ${DEFAULT-VALUE}).")
    private int length;

    @Option(names = "--vocabulary", defaultValue = "1024", description = "How many tokens there are (default: ${DEFAULT-VALUE}).")
    private int vocabulary;

    @Option(names = "--dim", defaultValue = "128", description = "The width of the network (default: ${DEFAULT-VALUE}).")
    private int dim;

    @Option(names = "--hidden", defaultValue = "352", description = "The width inside its feed-forward networks (default: ${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--layers", defaultValue = "4", description = "Its blocks (default: ${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--heads", defaultValue = "4", description = "Query heads of a block (default: ${DEFAULT-VALUE}).")
    private int heads;

    @Option(names = "--kv-heads", defaultValue = "2", description = "Key and value heads of a block (default: ${DEFAULT-VALUE}).")
    private int kvHeads;

    @Option(names = "--learning-rate", defaultValue = "3e-3", description = "The highest learning rate (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(names = "--warmup", defaultValue = "100", description = "Steps in which the learning rate rises (default: ${DEFAULT-VALUE}).")
    private int warmup;

    @Option(names = "--weight-decay", defaultValue = "0.1", description = "AdamW's (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(names = "--clip", defaultValue = "1", description = "The greatest length of a gradient (default: ${DEFAULT-VALUE}).")
    private double clip;

    @Option(names = "--bfloat16", description = "Computes in bfloat16; the weights that are updated stay float32.")
    private boolean bfloat16;

    @Option(names = "--seed", defaultValue = "1", description = "Decides the first weights, and which texts come when (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--check-every", defaultValue = "250", description = "Steps from one look at the held-out text, a sample and a checkpoint to the next (default: ${DEFAULT-VALUE}).")
    private int every;

    @Option(names = "--held-out", paramLabel = "BYTES", defaultValue = "200000", description = "How much of the held-out text is looked at (default: ${DEFAULT-VALUE}).")
    private int heldOut;

    @Option(names = "--prompt", defaultValue = "public class ", description = "What samples begin with (default: ${DEFAULT-VALUE}).")
    private String prompt = "";

    @Option(names = "--stop-after", paramLabel = "STEPS", defaultValue = "0", description = "Writes a checkpoint and ends after so many steps of this run, as Ctrl-C would.")
    private int stopAfter;

    private final PrintStream console;
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean interrupted;
    private volatile boolean learning;

    private Train(PrintStream console) {
        this.console = console;
    }

    /** Runs the program; exits with 0, with 1 if something is wrong, or with 2 if the options are. */
    public static void main(String[] args) {
        System.setProperty("java.awt.headless", "true");
        System.exit(run(System.out, args));
    }

    /** The program without its exit. */
    static int run(PrintStream console, String... args) {
        return new CommandLine(new Train(console)).setOverwrittenOptionsAllowed(true)
                .setExecutionExceptionHandler((thrown, command, parsed) -> {
                    if (thrown instanceof BadInput said) {
                        console.println("train: " + said.getMessage());
                        return FAILED;
                    }
                    throw thrown;
                }).execute(args);
    }

    @Override
    public Integer call() {
        Thread hook = new Thread(this::stop, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            train();
            return 0;
        } catch (OutOfMemoryError tooLarge) {
            throw new BadInput("There is not enough memory for these sizes and this --batch", tooLarge);
        } finally {
            finished.countDown();
            if (!interrupted) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        }
    }

    /** What Ctrl-C does: the step under way ends, and a checkpoint is written. Before the first step there is nothing to keep. */
    private void stop() {
        interrupted = true;
        try {
            if (learning && !finished.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
                console.println("train: no checkpoint could be written in time; the last one is still good.");
            }
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }

    private void train() {
        if (every < 1 || heldOut < 1 || stopAfter < 0) {
            throw new BadInput("--check-every and --held-out must be positive, and --stop-after not negative.");
        }
        Corpus corpus = text == null
                ? Corpus.ofJdk(Path.of(System.getProperty("java.home"), "lib", "src.zip"))
                : Corpus.ofText(text);
        Checkpoint start = resume ? resumed() : begun(corpus);
        Tokenizer tokenizer = start.tokenizer();
        int[] tokens = tokenizer.encode(corpus.train());
        byte[] bytes = Corpus.bytes(corpus.train());
        Examiner examiner = new Examiner(tokenizer, tokenizer.encode(corpus.heldOut()), start.sizes().length(),
                start.recipe().batch(), heldOut);
        say("%,d bytes to learn from, as %,d tokens of %d kinds; %,d bytes held out", bytes.length, tokens.length,
                tokenizer.size(), examiner.bytes().length);
        Map<String, Double> others = new LinkedHashMap<>();
        NGrams grams = new NGrams(ORDERS[ORDERS.length - 1], bytes);
        for (int order : ORDERS) {
            others.put(order + "-gram model", grams.bitsPerByte(examiner.bytes(), order));
        }
        others.forEach((name, bits) -> say("%s of bytes: %.3f bits per byte of these", name, bits));
        say("a Llama of %,d weights, %d steps of %d texts of %d tokens%s", start.state().model().size(),
                start.recipe().steps(), start.recipe().batch(), start.sizes().length(),
                start.step() == 0 ? "" : ", from step " + start.step());
        double bitsOfNat = tokens.length / Math.log(2) / bytes.length;
        Batches batches = new Batches(ImmutableIntArray.copyOf(tokens), start.recipe().batch(), start.sizes().length(),
                start.recipe().seed());
        learning = true;
        Checkpoint end = learn(start, batches, examiner, bitsOfNat);
        Path chart = out.resolve("losses.png");
        end.curve().draw(chart, others);
        end.curve().lastHeldOut()
                .ifPresent(last -> say("the Llama after %d steps: %.3f bits per byte of held-out text; %s",
                        last.step(), last.bits(), String.join(", ", others.entrySet().stream()
                                .map(other -> String.format(Locale.ROOT, "%s %.3f", other.getKey(), other.getValue()))
                                .toList())));
        say("checkpoint %s%s, chart %s", Checkpoint.last(out).map(Path::toString).orElse("none"),
                end.step() < end.recipe().steps() ? " (--resume goes on from it)" : "", chart);
    }

    private Checkpoint resumed() {
        return Checkpoint.read(Checkpoint.last(out)
                .orElseThrow(() -> new BadInput("There is no checkpoint in " + out + " to resume from.")));
    }

    private Checkpoint begun(Corpus corpus) {
        Checkpoint.last(out).ifPresent(there -> {
            throw new BadInput("There is a checkpoint already, " + there
                    + ": --resume goes on from it, --out takes another folder.");
        });
        Recipe recipe = new Recipe(steps, batch, learningRate, Math.min(warmup, Math.max(0, steps - 1)), weightDecay,
                clip, bfloat16,
                seed);
        Checkpoint.prepare(out);
        Tokenizer tokenizer = Tokenizer.train(corpus.train(), vocabulary);
        Sizes sizes = new Sizes(dim, hidden, layers, heads, kvHeads, tokenizer.size(), length);
        return new Checkpoint(0, Learner.begin(recipe, sizes).state(), sizes, recipe, tokenizer, new Curve());
    }

    private Checkpoint learn(Checkpoint start, Batches batches, Examiner examiner, double bitsOfNat) {
        Learner learner = new Learner(start.recipe(), start.state());
        int all = start.recipe().steps();
        int end = stopAfter == 0 ? all : Math.min(all, start.step() + stopAfter);
        Curve curve = start.curve();
        Checkpoint last = start;
        double mean = 0;
        double weight = 0;
        double seconds = 0;
        try (Display display = Display.of(console, start.step(), all)) {
            for (int step = start.step(); step < end; step++) {
                long began = System.nanoTime();
                Learner.Told told = learner.learn(step, batches.of(step));
                seconds = MEAN_KEPT * seconds + (System.nanoTime() - began) / 1e9;
                curve.train(step + 1, told.loss() * bitsOfNat);
                mean = MEAN_KEPT * mean + told.loss() * bitsOfNat;
                weight = MEAN_KEPT * weight + 1;
                int done = step + 1;
                display.step(done, mean / weight, weight * batches.batch() * batches.length() / seconds);
                boolean stopping = interrupted || done == end;
                if (stopping || done % every == 0) {
                    last = checked(
                            new Checkpoint(done, learner.state(), start.sizes(), start.recipe(), start.tokenizer(),
                                    curve),
                            examiner, display);
                }
                if (stopping) {
                    break;
                }
            }
        }
        return last;
    }

    /** Looks at the held-out text, lets the network write, and keeps it. After Ctrl-C there is time for the last alone. */
    private Checkpoint checked(Checkpoint now, Examiner examiner, Display display) {
        if (!interrupted) {
            double bits = examiner.bitsPerByte(now.state().model());
            now.curve().heldOut(now.step(), bits);
            display.say(String.format(Locale.ROOT,
                    "%nafter step %d held-out text costs %.3f bits per byte; the model writes:%n%s%n",
                    now.step(), bits, examiner.write(now.state().model(), prompt, SAMPLE_TOKENS,
                            SAMPLE_TEMPERATURE, now.recipe().seed()).indent(4)));
        }
        now.write(out);
        return now;
    }

    private void say(String format, Object... args) {
        console.println(String.format(Locale.ROOT, format, args));
    }
}
