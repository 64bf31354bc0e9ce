// The programs that make a program.
#pragma once

#include <string>
#include <vector>

namespace standin {

/** All that is in a file; nothing if it is not there. */
std::string read_file(const std::string &path);
void write_file(const std::string &path, const std::string &text);

/**
 * A program that is started once and then does one piece of work after the other, each in a fork of its own. Clang takes ten
 * times as long to load its libraries as to compile a kernel.
 */
class Server {
public:
    /** Begins a piece of work; what it prints goes to `output`. */
    void begin(const std::vector<std::string> &arguments, const std::string &output);
    /** Waits for the end of that; empty if the program was content, else what it says. */
    std::string complaint();

private:
    int requests = -1;
    int answers = -1;
    std::string output;

    void start(const std::string &program);
};

/** Runs a program to its end; empty if it was content, else what it says. */
std::string complaint_of(const std::vector<std::string> &arguments, const std::string &output);

} // namespace standin
