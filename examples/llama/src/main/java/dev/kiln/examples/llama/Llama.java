package dev.kiln.examples.llama;

import dev.kiln.streams.Device;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
 * tokens, the model makes logits of them, {@link Sampling} chooses the next token, and round it goes in {@link Decoder};
 * {@link KeyValues} remember for each block what the model made of the tokens before.
 */
@Command(name = "llama", mixinStandardHelpOptions = true, description = "Continues a text with a Llama.")
final class Llama implements Callable<Integer> {

    private static final int FAILED = 1;
    private static final double DARING = 0.7;
    /** What is continued where nobody types. */
    private static final String FIRST = "public class ";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "DIR", description = "A Hugging Face folder: config.json, *.safetensors, tokenizer.json (default: the model that comes with the program).")
    private @Nullable Path folder;

    @Option(names = "--prompt", description = "The text to continue (default: each line that is typed).")
    private @Nullable String prompt;

    @Option(names = "--chat", description = "Puts the prompt as a user's message into the model's chat template, and prints the answer alone.")
    private boolean chat;

    @Option(names = "--system", paramLabel = "TEXT", description = "With --chat: the system's message.")
    private @Nullable String system;

    @Option(names = "--max-tokens", defaultValue = "256", description = "How many tokens to add (default: 256).")
    private int maxTokens;

    @Option(names = "--temperature", description = "0 takes the likeliest token; higher values dare more (default: 0; 0.7 for the model that comes with the program, which is so small that it would repeat itself).")
    private @Nullable Double temperature;

    @Option(names = "--top-k", defaultValue = "0", description = "Draws among so many of the likeliest tokens (default: 0, among all).")
    private int topK;

    @Option(names = "--top-p", defaultValue = "1", description = "Draws among the likeliest tokens that together have this probability (default: 1).")
    private double topP;

    @Option(names = "--min-p", defaultValue = "0", description = "Draws among tokens with this part of the likeliest one's probability (default: 0).")
    private double minP;

    @Option(names = "--repetition-penalty", defaultValue = "1", description = "Above 1, tokens that were there before are made less likely (default: 1).")
    private double penalty;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "cpu", description = "cpu or metal (default: cpu).")
    private Device.Kind device = Device.Kind.CPU;

    @Option(names = "--seed", defaultValue = "0", description = "Decides what is drawn (default: 0).")
    private long seed;

    private final InputStream in;
    private final OutputStream out;
    private final PrintStream err;

    private Llama(InputStream in, OutputStream out, PrintStream err) {
        this.in = in;
        this.out = out;
        this.err = err;
    }

    /** Runs the program; exits with 0, with 1 if something given to it is wrong, or with 2 if the options are. */
    public static void main(String[] args) {
        System.exit(run(System.in, new FileOutputStream(FileDescriptor.out), System.err, args));
    }

    /** Runs the program on the given streams and returns its exit code. */
    static int run(InputStream in, OutputStream out, PrintStream err, String... args) {
        return new CommandLine(new Llama(in, out, err)).setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, rest) -> refuse(err, CommandLine.ExitCode.USAGE, wrong))
                .setExecutionExceptionHandler((wrong, command, parsed) -> refuse(err, FAILED, wrong)).execute(args);
    }

    private static int refuse(PrintStream err, int exitCode, Exception wrong) {
        err.println("llama: " + BadInput.oneLine(wrong));
        return exitCode;
    }

    @Override
    public Integer call() throws IOException {
        require(maxTokens >= 0, "--max-tokens must not be negative, but is " + maxTokens);
        require(temperature == null || temperature >= 0 && temperature < Double.POSITIVE_INFINITY,
                "--temperature must be a number from 0 on, but is " + temperature);
        require(topK >= 0, "--top-k must not be negative, but is " + topK);
        require(topP > 0 && topP <= 1, "--top-p must be above 0 and at most 1, but is " + topP);
        require(minP >= 0 && minP <= 1, "--min-p must be from 0 to 1, but is " + minP);
        require(penalty > 0 && penalty < Double.POSITIVE_INFINITY,
                "--repetition-penalty must be a number above 0, but is " + penalty);
        require(chat || system == null, "--system is for --chat");
        Device on = new Device(device, 0);
        on.whyUnavailable().ifPresent(why -> {
            throw new BadInput("There is no device " + on.kind().name().toLowerCase(Locale.ROOT) + ": " + why + ".");
        });
        try {
            on.run(this::tell);
        } catch (UncheckedIOException unread) {
            throw unread.getCause();
        }
        return CommandLine.ExitCode.OK;
    }

    private void tell() {
        try {
            if (folder != null) {
                run(folder);
            } else {
                try (DefaultModel model = DefaultModel.unpack()) {
                    run(model.folder());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double temperature() {
        return Objects.requireNonNullElse(temperature, folder == null ? DARING : 0);
    }

    private void require(boolean fits, String otherwise) {
        if (!fits) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private void run(Path model) throws IOException {
        if (!Files.isDirectory(model)) {
            throw new BadInput(model + " is not a folder.");
        }
        Config config = Config.read(model);
        try (Tokenizer tokenizer = Tokenizer.read(model, config)) {
            if (prompt == null) {
                continueLines(model, tokenizer, Model.load(model, config));
            } else {
                int[] tokens = tokens(prompt, model, tokenizer, config);
                generate(tokens, tokenizer, decoder(Model.load(model, config)));
            }
        } catch (OutOfMemoryError tooLarge) {
            throw new BadInput("There is not enough memory for this model", tooLarge);
        }
    }

    /** Continues each line of standard input; if there is none, a first text. */
    private void continueLines(Path folder, Tokenizer tokenizer, Model model) throws IOException {
        err.println("Type the beginning of a text. An empty line ends this.");
        Decoder decoder = decoder(model);
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        String line = Objects.requireNonNullElse(lines.readLine(), FIRST);
        while (line != null && !line.isEmpty()) {
            try {
                generate(tokens(line, folder, tokenizer, model.config()), tokenizer, decoder);
            } catch (BadInput wrong) {
                err.println("llama: " + BadInput.oneLine(wrong));
            }
            line = lines.readLine();
        }
    }

    private int[] tokens(String text, Path folder, Tokenizer tokenizer, Config config) throws IOException {
        int[] tokens = chat
                ? tokenizer.encode(ChatTemplate.read(folder).render(system, text))
                : tokenizer.encodeText(text);
        if (tokens.length == 0) {
            throw new BadInput("The prompt is empty, and texts of this model begin with no token of their own.");
        }
        if (tokens.length > config.positions()) {
            throw new BadInput("The prompt has " + tokens.length + " tokens, and the model takes "
                    + config.positions() + ".");
        }
        return tokens;
    }

    private Decoder decoder(Model model) {
        return new Decoder(model, new Sampling(temperature(), topK, topP, minP, penalty));
    }

    private void generate(int[] tokens, Tokenizer tokenizer, Decoder decoder) throws IOException {
        Tokenizer.Printer printer = tokenizer.printer(out);
        if (!chat) {
            for (int token : tokens) {
                printer.print(token);
            }
        }
        Pace pace = new Pace(tokens.length);
        for (int token : decoder.continuation(tokens, maxTokens, seed)) {
            pace.step();
            printer.print(token);
        }
        out.write('\n');
        out.flush();
        err.println(pace);
    }
}
