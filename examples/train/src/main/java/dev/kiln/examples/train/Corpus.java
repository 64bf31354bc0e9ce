package dev.kiln.examples.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What is learnt from, and what is held out to see how well.
 *
 * @param train texts to learn from
 * @param heldOut texts that are never learnt from
 */
record Corpus(List<String> train, List<String> heldOut) {

    private static final int HELD_OUT_EACH = 20;
    private static final int SHORTEST = 1000;
    private static final Pattern COMMENTS = Pattern
            .compile(
                    "(\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*+\"|'(?:\\\\.|[^'\\\\\n])*+')|\n[ \t]*(?:/\\*.*?\\*/|//[^\n]*)(?=[ \t]*\n)|/\\*.*?\\*/|//[^\n]*",
                    Pattern.DOTALL);
    private static final Pattern BLANKS = Pattern.compile("[ \t]+(?=\n)|\n(?:[ \t]*\n)++(?=[ \t]*\n)");

    /** The packages {@code java.*} of a JDK's {@code src.zip}, without comments: code, not English, is to be learnt. */
    static Corpus ofJdk(Path zip) {
        List<String> train = new ArrayList<>();
        List<String> heldOut = new ArrayList<>();
        try (ZipFile file = new ZipFile(zip.toFile())) {
            List<? extends ZipEntry> entries = file.stream()
                    .filter(entry -> entry.getName().startsWith("java.base/java/") && entry.getName().endsWith(".java")
                            && !entry.getName().endsWith("-info.java"))
                    .sorted(Comparator.comparing(ZipEntry::getName)).toList();
            for (int i = 0; i < entries.size(); i++) {
                byte[] bytes = file.getInputStream(entries.get(i)).readAllBytes();
                String code = withoutComments(new String(bytes, StandardCharsets.UTF_8));
                (i % HELD_OUT_EACH == HELD_OUT_EACH - 1 ? heldOut : train).add(code);
            }
        } catch (IOException unreadable) {
            throw new BadInput("Cannot read the JDK's sources " + zip + " (--text FILE learns from another text)",
                    unreadable);
        }
        if (heldOut.isEmpty()) {
            throw new BadInput(zip + " has no sources of java.base; --text FILE learns from another text.");
        }
        return new Corpus(train, heldOut);
    }

    /** A file of UTF-8 text; its last twentieth is held out. */
    static Corpus ofText(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException unreadable) {
            throw new BadInput("Cannot read " + file + " as UTF-8 text", unreadable);
        }
        if (text.length() < SHORTEST) {
            throw new BadInput(file + " has " + text.length() + " characters; at least " + SHORTEST + " are needed.");
        }
        int end = text.offsetByCodePoints(0,
                (int) ((long) text.codePointCount(0, text.length()) * (HELD_OUT_EACH - 1) / HELD_OUT_EACH));
        return new Corpus(List.of(text.substring(0, end)), List.of(text.substring(end)));
    }

    /** {@code code} without comments, and with one blank line where there were several. */
    static String withoutComments(String code) {
        String bare = COMMENTS.matcher(code.replace("\r", ""))
                .replaceAll(found -> found.group(1) == null ? "" : Matcher.quoteReplacement(found.group(1)));
        return BLANKS.matcher(BLANKS.matcher(bare).replaceAll("")).replaceAll("").strip() + "\n";
    }

    /** {@code texts} as bytes, a zero in front of each. */
    static byte[] bytes(List<String> texts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String text : texts) {
            all.write(0);
            all.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        }
        return all.toByteArray();
    }
}
