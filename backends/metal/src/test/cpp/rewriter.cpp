// From the Metal Shading Language to C++, as little as possible: MSL is C++ but for what is done here.
#include "rewriter.h"

#include <cctype>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace standin {

namespace {

struct Token {
    size_t begin;
    size_t end;
    std::string text;
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::vector<Token> tokens_of(const std::string &source) {
    std::vector<Token> tokens;
    size_t i = 0;
    bool line_begins = true;
    while (i < source.size()) {
        char c = source[i];
        if (c == '\n') {
            line_begins = true;
            i++;
        } else if (std::isspace(static_cast<unsigned char>(c))) {
            i++;
        } else if (source.compare(i, 2, "//") == 0) {
            i = std::min(source.find('\n', i), source.size());
        } else if (source.compare(i, 2, "/*") == 0) {
            size_t end = source.find("*/", i + 2);
            i = end == std::string::npos ? source.size() : end + 2;
        } else {
            size_t end = i + 1;
            if (c == '#' && line_begins) { // a directive is one token
                while (end < source.size() && (source[end] != '\n' || source[end - 1] == '\\')) {
                    end++;
                }
            } else if (is_word(c)) {
                while (end < source.size() && (is_word(source[end]) || (source[end] == '.' && std::isdigit(c)))) {
                    end++;
                }
            } else if (source.compare(i, 2, "[[") == 0 || source.compare(i, 2, "]]") == 0) {
                end = i + 2;
            }
            tokens.push_back({i, end, source.substr(i, end - i)});
            line_begins = false;
            i = end;
        }
    }
    return tokens;
}

const std::set<std::string> &foreign() {
    static const std::set<std::string> the = {"asm", "double", "goto", "new", "delete", "virtual", "throw", "try", "catch",
            "dynamic_cast", "typeid", "thread_local", "malloc", "printf", "__asm__", "__attribute__", "__float128", "wchar_t",
            "address_space"};
    return the;
}

std::string refused_words(const std::vector<Token> &tokens) {
    for (size_t i = 0; i < tokens.size(); i++) {
        const std::string &word = tokens[i].text;
        if (foreign().count(word) != 0 || word.rfind("__builtin", 0) == 0 || word.rfind("kiln_", 0) == 0) {
            return "there is no " + word + " in the Metal Shading Language";
        }
        if (word == "long" && i + 1 < tokens.size() && tokens[i + 1].text == "long") {
            return "there is no long long in the Metal Shading Language";
        }
        if (word[0] == '#' && word.find("include") != std::string::npos && word.find("<metal_") == std::string::npos
                && word.find("<simd/") == std::string::npos) {
            return "kernels include nothing but Metal's headers: " + word;
        }
    }
    return "";
}

struct Argument {
    std::string type;
    std::string name;
    std::string attribute;
    int index = -1;
};

/** Where the bracket that is open at `i` is closed. */
size_t closing(const std::vector<Token> &tokens, size_t i, const char *open, const char *close) {
    int depth = 0;
    for (; i < tokens.size(); i++) {
        if (tokens[i].text == open) {
            depth++;
        } else if (tokens[i].text == close && --depth == 0) {
            return i;
        }
    }
    return tokens.size();
}

/** The arguments from `begin` to before `end`. */
std::vector<Argument> arguments_of(const std::vector<Token> &tokens, size_t begin, size_t end) {
    std::vector<Argument> arguments;
    Argument current;
    std::string before;
    int depth = 0;
    auto finish = [&] {
        if (!before.empty()) {
            current.name = before;
            arguments.push_back(current);
        }
        current = Argument();
        before.clear();
    };
    for (size_t i = begin; i < end; i++) {
        const std::string &word = tokens[i].text;
        if (word == "[[") {
            i++;
            current.attribute = tokens[i].text;
            if (tokens[i + 1].text == "(") {
                current.index = std::stoi(tokens[i + 2].text);
                i += 3;
            }
            i++; // ]]
        } else if (word == "," && depth == 0) {
            finish();
        } else {
            depth += word == "<" ? 1 : word == ">" ? -1 : 0;
            if (!before.empty()) {
                current.type += before + " ";
            }
            before = word;
        }
    }
    finish();
    return arguments;
}

bool contains(const std::string &text, const std::string &word) {
    return (" " + text).find(" " + word + " ") != std::string::npos;
}

const std::map<std::string, std::string> &positions() {
    static const std::map<std::string, std::string> the = {{"thread_position_in_grid", "p->grid"},
            {"thread_position_in_threadgroup", "p->in_group"}, {"threadgroup_position_in_grid", "p->group"},
            {"threads_per_threadgroup", "p->group_size"}, {"threadgroups_per_grid", "p->groups"},
            {"threads_per_grid", "p->threads"}, {"thread_index_in_threadgroup", "p->index"},
            {"thread_index_in_simdgroup", "p->lane"}, {"simdgroup_index_in_threadgroup", "p->simdgroup"},
            {"simdgroups_per_threadgroup", "p->simdgroups"}, {"threads_per_simdgroup", "32"}};
    return the;
}

/** What calls a kernel, and the table of its arguments. */
std::string caller(const std::string &name, const std::vector<Argument> &arguments, std::string &refusal) {
    std::string table;
    std::string values;
    for (const Argument &argument : arguments) {
        std::string value;
        if (argument.attribute == "buffer" || argument.attribute == "threadgroup") {
            bool reference = contains(argument.type, "&");
            if (argument.index < 0 || (!reference && !contains(argument.type, "*"))) {
                refusal = "the argument " + argument.name + " is no pointer";
            }
            std::string pointer = argument.type;
            if (reference) {
                pointer.replace(pointer.find('&'), 1, "*");
            }
            bool constant = contains(argument.type, "constant");
            int kind = argument.attribute == "threadgroup" ? 3 : constant ? 2 : contains(argument.type, "const") ? 1 : 0;
            std::string index = std::to_string(argument.index);
            std::string of = "kiln::pointee<" + pointer + ">::";
            table += "{" + index + ", " + of + "alignment, " + of + "bytes, " + std::to_string(kind) + "}, ";
            value = "(" + pointer + ")b[" + (kind == 3 ? "32 + " : "") + index + "]";
            value = reference ? "*(" + value + ")" : value;
        } else {
            auto found = positions().find(argument.attribute);
            if (found == positions().end()) {
                refusal = "the argument " + argument.name + " has no attribute, or one that is not known here";
                continue;
            }
            const std::string &of = found->second;
            bool vector = of == "p->grid" || of == "p->in_group" || of == "p->group" || of == "p->group_size"
                    || of == "p->groups" || of == "p->threads";
            value = vector ? "kiln::position<" + argument.type + ">::of(" + of + "[0], " + of + "[1], " + of + "[2])"
                           : argument.type + "(" + of + ")";
        }
        values += (values.empty() ? "" : ", ") + value;
    }
    return "\nextern \"C\" __attribute__((visibility(\"default\"))) const kiln_parameter kiln_table_" + name + "[] = {" + table
            + "{~0u, 0, 0, 0}};\nextern \"C\" __attribute__((visibility(\"default\"), disable_sanitizer_instrumentation)) void kiln_call_"
            + name + "(void *const *b, const kiln_position *p) { " + name + "(" + values + "); }\n";
}

const char *const TYPES = R"(
struct kiln_parameter { uint index, alignment, bytes, kind; };
struct kiln_position { uint grid[3], in_group[3], group[3], group_size[3], groups[3], threads[3], index, lane, simdgroup, simdgroups; };
)";

/** The declaration of a threadgroup variable, from its first token to before the semicolon. */
std::string common(const std::vector<Token> &tokens, size_t begin, size_t end, int id) {
    size_t name = begin + 1;
    while (name + 1 < end && tokens[name + 1].text != "[") {
        name++;
    }
    std::string type;
    std::string dimensions;
    for (size_t i = begin + 1; i < end; i++) {
        if (i < name) {
            type += tokens[i].text + " ";
        } else if (i > name) {
            dimensions += tokens[i].text;
        }
    }
    return "threadgroup auto &" + tokens[name].text + " = kiln::shared<" + type + dimensions + ", " + std::to_string(id) + ">()";
}

} // namespace

Rewritten rewrite(const std::string &source, bool strict) {
    Rewritten result;
    std::vector<Token> tokens = tokens_of(source);
    result.refusal = refused_words(tokens);
    size_t copied = 0;
    std::string text;
    std::string callers;
    auto replace = [&](size_t begin, size_t end, const std::string &by) {
        text += source.substr(copied, begin - copied) + by;
        copied = end;
    };
    for (size_t i = 0; i + 3 < tokens.size(); i++) {
        if (tokens[i].text != "kernel") {
            continue;
        }
        if (tokens[i + 1].text != "void" || tokens[i + 3].text != "(") {
            result.refusal = "a kernel that is not of the form kernel void name(...)";
            return result;
        }
        std::string name = tokens[i + 2].text;
        size_t end = closing(tokens, i + 3, "(", ")");
        if (end + 1 >= tokens.size() || tokens[end + 1].text != "{") {
            result.refusal = "the kernel " + name + " has no body";
            return result;
        }
        std::vector<Argument> arguments = arguments_of(tokens, i + 4, end);
        for (size_t j = i + 4; j < end; j++) {
            if (tokens[j].text == "[[") {
                size_t last = closing(tokens, j, "[[", "]]");
                replace(tokens[j].begin, tokens[last].end, "");
            }
        }
        size_t body_end = closing(tokens, end + 1, "{", "}");
        int id = 0;
        for (size_t j = end + 2; j < body_end; j++) {
            const std::string &before = tokens[j - 1].text;
            if (tokens[j].text == "threadgroup" && (before == ";" || before == "{" || before == "}")) {
                size_t semicolon = j;
                bool pointer = false;
                while (semicolon < body_end && tokens[semicolon].text != ";") {
                    pointer |= tokens[semicolon].text == "*" || tokens[semicolon].text == "=" || tokens[semicolon].text == "&";
                    semicolon++;
                }
                if (!pointer) {
                    replace(tokens[j].begin, tokens[semicolon].begin, common(tokens, j, semicolon, id++));
                }
            }
        }
        callers += caller(name, arguments, result.refusal);
        result.kernels++;
        i = body_end;
    }
    text += source.substr(copied);
    result.text = "#include <metal_stdlib>\n#line 1 \"program.metal\"\n" + text;
    if (!strict) {
        result.text += TYPES + callers;
    }
    return result;
}

namespace {

/** The address that follows a word in a line; empty if there is none. */
std::string address_after(const std::string &line, const std::string &word) {
    size_t at = line.find(word);
    if (at == std::string::npos) {
        return "";
    }
    at += word.size();
    size_t end = at;
    while (end < line.size() && line[end] != ' ') {
        end++;
    }
    return line.substr(at, end - at);
}

} // namespace

std::string lint(const std::string &tree) {
    std::map<std::string, std::set<std::string>> uses;
    std::vector<std::pair<size_t, std::string>> functions; // those that the line is in, with their depths
    size_t begin = 0;
    bool ours = false;
    while (begin < tree.size()) {
        size_t end = std::min(tree.find('\n', begin), tree.size());
        std::string line = tree.substr(begin, end - begin);
        begin = end + 1;
        size_t depth = line.find_first_not_of(" |`-");
        if (depth == std::string::npos) {
            continue;
        }
        std::string node = line.substr(depth);
        if (depth == 2) {
            size_t file = node.find("program.metal:");
            size_t header = std::min(node.find("metal_stdlib:"), std::min(node.find("kiln_math:"), node.find("kiln_threads:")));
            ours = file != std::string::npos || (header == std::string::npos && ours);
        }
        while (!functions.empty() && functions.back().first >= depth) {
            functions.pop_back();
        }
        if (node.find("AddressSpaceConversion") != std::string::npos) {
            return "a cast between address spaces: " + node;
        }
        bool variable = node.rfind("VarDecl ", 0) == 0;
        if (ours && variable && (depth == 2 || node.find(" static ") != std::string::npos)
                && node.find("'const ") == std::string::npos && node.find(" const") == std::string::npos) {
            return "a variable of the whole program that may change: " + node;
        }
        if (ours && (variable || node.rfind("ParmVarDecl ", 0) == 0 || node.rfind("FieldDecl ", 0) == 0)
                && (node.find("(*)(") != std::string::npos || node.find("(&)(") != std::string::npos)) {
            return "a pointer to a function: " + node;
        }
        bool function = node.rfind("FunctionDecl ", 0) == 0 || node.rfind("CXXMethodDecl ", 0) == 0;
        if (function) {
            functions.emplace_back(depth, address_after(node, "Decl "));
            size_t previous = node.find(" prev ");
            if (previous != std::string::npos) { // declared before: both are one
                std::string first = address_after(node, " prev ");
                uses[first].insert(functions.back().second);
            }
        } else if (!functions.empty()) {
            for (const char *word : {"Function 0x", "CXXMethod 0x"}) {
                size_t at = node.find(word);
                if (at != std::string::npos && node.find("DeclRefExpr") == 0) {
                    uses[functions.back().second].insert("0x" + address_after(node, word));
                }
            }
        }
    }
    std::set<std::string> done;
    std::set<std::string> open;
    std::function<bool(const std::string &)> recursive = [&](const std::string &function) {
        if (open.count(function) != 0) {
            return true;
        }
        if (!done.insert(function).second) {
            return false;
        }
        open.insert(function);
        for (const std::string &used : uses[function]) {
            if (recursive(used)) {
                return true;
            }
        }
        open.erase(function);
        return false;
    };
    std::vector<std::string> all;
    for (const auto &use : uses) {
        all.push_back(use.first);
    }
    for (const std::string &function : all) {
        if (recursive(function)) {
            return "a function that calls itself";
        }
    }
    return "";
}

} // namespace standin
