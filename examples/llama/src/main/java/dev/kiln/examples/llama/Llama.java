package dev.kiln.examples.llama;

import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Continues a text with a Llama. The text goes to standard output as it comes, everything else to standard error.
 *
 * <p>
 * How it hangs together: {@link Config} and {@link Model} come from the folder, {@link Tokenizer} turns the prompt into
 * tokens, the model makes logits of them, {@link Sampler} chooses the next token, and round it goes; a
 * {@link KeyValueCache} per block remembers what the model made of the tokens before.
 */
@Command(name = "llama", mixinStandardHelpOptions = true, description = "Continues a text with a Llama.")
final class Llama implements Callable<Integer> {

    private static final int FAILED = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "A Hugging Face folder: config.json, *.safetensors, tokenizer.json.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path folder;

    @Option(names = "--prompt", defaultValue = "", description = "The text to continue (default: none).")
    private String prompt = "";

    @Option(names = "--max-tokens", defaultValue = "256", description = "How many tokens to add (default: 256).")
    private int maxTokens;

    @Option(names = "--temperature", defaultValue = "0", description = "0 takes the likeliest token; higher values dare more (default: 0).")
    private double temperature;

    @Option(names = "--seed", defaultValue = "0", description = "Decides what is drawn (default: 0).")
    private long seed;

    private final OutputStream out;
    private final PrintStream err;

    private Llama(OutputStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs the program; exits with 0, with 1 if something given to it is wrong, or with 2 if the options are. */
    public static void main(String[] args) {
        System.exit(run(new FileOutputStream(FileDescriptor.out), System.err, args));
    }

    /** Runs the program on the given streams and returns its exit code. */
    static int run(OutputStream out, PrintStream err, String... args) {
        return new CommandLine(new Llama(out, err))
                .setParameterExceptionHandler((wrong, rest) -> refuse(err, CommandLine.ExitCode.USAGE, wrong))
                .setExecutionExceptionHandler((wrong, command, parsed) -> refuse(err, FAILED, wrong)).execute(args);
    }

    private static int refuse(PrintStream err, int exitCode, Exception wrong) {
        err.println("llama: " + BadInput.oneLine(wrong));
        return exitCode;
    }

    @Override
    public Integer call() throws IOException {
        if (maxTokens < 0) {
            throw new ParameterException(spec.commandLine(), "--max-tokens must not be negative, but is " + maxTokens);
        }
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new ParameterException(spec.commandLine(),
                    "--temperature must be a number from 0 on, but is " + temperature);
        }
        if (!Files.isDirectory(folder)) {
            throw new BadInput(folder + " is not a folder.");
        }
        Config config = Config.read(folder);
        try (Tokenizer tokenizer = Tokenizer.read(folder, config)) {
            generate(config, tokenizer, Model.load(folder, config));
        } catch (OutOfMemoryError tooLarge) {
            throw new BadInput("There is not enough memory for this model", tooLarge);
        }
        return CommandLine.ExitCode.OK;
    }

    private void generate(Config config, Tokenizer tokenizer, Model model) throws IOException {
        int[] tokens = tokenizer.encode(prompt);
        if (tokens.length > config.positions()) {
            throw new BadInput("The prompt has " + tokens.length + " tokens, and the model takes "
                    + config.positions() + ".");
        }
        Tokenizer.Printer printer = tokenizer.printer(out);
        for (int token : tokens) {
            printer.print(token);
        }
        Sampler sampler = Sampler.of(temperature, seed);
        List<KeyValueCache> caches = model.newCaches();
        Pace pace = new Pace(tokens.length);
        int position = 0;
        // A token is chosen from what came before it, so the last one may stand just behind the last position.
        for (int made = 0; made < maxTokens && position + tokens.length <= config.positions(); made++) {
            Array next = sampler.sample(model.logits(tokens, position, caches));
            evaluate(next, caches);
            pace.step();
            int token = next.itemInt();
            if (token == config.bos() || config.eos().contains(token)) {
                break;
            }
            printer.print(token);
            position += tokens.length;
            tokens = new int[] {token};
        }
        out.write('\n');
        out.flush();
        err.println(pace);
    }

    /** Fires the token and, with it, the caches: the next step builds on their values and not on this step's graph. */
    private static void evaluate(Array token, List<KeyValueCache> caches) {
        List<Array> wanted = new ArrayList<>(List.of(token));
        for (KeyValueCache cache : caches) {
            wanted.add(cache.keys());
            wanted.add(cache.values());
        }
        Ops.eval(wanted.toArray(Array[]::new));
    }
}
