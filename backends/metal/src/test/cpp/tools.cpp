// Starting programs, and being one: where this library is preloaded, the program waits for work instead of beginning.
#include "tools.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace standin {

namespace {

const char *const SERVING = "KILN_STANDIN_SERVES";

std::vector<char *> pointers(const std::vector<std::string> &texts) {
    std::vector<char *> pointers;
    for (const std::string &text : texts) {
        pointers.push_back(const_cast<char *>(text.c_str()));
    }
    pointers.push_back(nullptr);
    return pointers;
}

bool write_all(int file, const void *bytes, size_t count) {
    const char *at = static_cast<const char *>(bytes);
    while (count > 0) {
        ssize_t written = ::write(file, at, count);
        if (written <= 0) {
            return false;
        }
        at += written;
        count -= static_cast<size_t>(written);
    }
    return true;
}

bool read_all(int file, void *bytes, size_t count) {
    char *at = static_cast<char *>(bytes);
    while (count > 0) {
        ssize_t got = ::read(file, at, count);
        if (got <= 0) {
            return false;
        }
        at += got;
        count -= static_cast<size_t>(got);
    }
    return true;
}

/** How a child ended; whether it was content. */
bool content(pid_t child) {
    int status = 1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string said(bool good, const std::string &output) {
    std::string text = good ? "" : read_file(output + ".err");
    return good || !text.empty() ? text : "a tool gave up without a word";
}

void redirect(int file, const std::string &path) {
    int opened = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(opened, file);
    close(opened);
}

} // namespace

std::string read_file(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void write_file(const std::string &path, const std::string &text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
}

std::string complaint_of(const std::vector<std::string> &arguments, const std::string &output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_addopen(&actions, 2, (output + ".err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    pid_t child;
    int failure = posix_spawnp(&child, arguments[0].c_str(), &actions, nullptr, pointers(arguments).data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return failure != 0 ? arguments[0] + " cannot be started" : said(content(child), output);
}

void Server::start(const std::string &program) {
    int to[2], from[2];
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) {
        abort();
    }
    Dl_info self;
    dladdr(reinterpret_cast<void *>(&complaint_of), &self);
    std::vector<std::string> variables = {std::string("LD_PRELOAD=") + self.dli_fname, std::string(SERVING) + "=1"};
    for (char **variable = environ; *variable != nullptr; variable++) {
        variables.push_back(*variable);
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], 0);
    posix_spawn_file_actions_adddup2(&actions, from[1], 1);
    pid_t child;
    if (posix_spawnp(&child, program.c_str(), &actions, nullptr, pointers({program}).data(), pointers(variables).data()) == 0) {
        requests = to[1];
        answers = from[0];
    }
    posix_spawn_file_actions_destroy(&actions);
    close(to[0]);
    close(from[1]);
}

void Server::begin(const std::vector<std::string> &arguments, const std::string &to) {
    if (requests < 0) {
        start(arguments[0]);
    }
    output = to;
    std::string texts = to;
    for (const std::string &argument : arguments) {
        texts += '\0' + argument;
    }
    uint64_t bytes = texts.size();
    if (!write_all(requests, &bytes, sizeof bytes) || !write_all(requests, texts.data(), bytes)) {
        requests = -1;
    }
}

std::string Server::complaint() {
    bool good = false;
    if (requests < 0 || !read_all(answers, &good, sizeof good)) {
        requests = -1;
        return "the compiler cannot be started, or has died";
    }
    return said(good, output);
}

namespace {

typedef int (*Main)(int, char **, char **);
Main the_main;

/** Does what is asked for on the standard input until that is closed; answers whether it went well. */
int serve(int, char **, char **variables) {
    unsetenv("LD_PRELOAD");
    unsetenv(SERVING);
    uint64_t bytes;
    while (read_all(0, &bytes, sizeof bytes)) {
        std::string texts(bytes, '\0');
        if (!read_all(0, &texts[0], bytes)) {
            break;
        }
        std::vector<std::string> parts;
        for (size_t at = 0; at <= texts.size(); at += parts.back().size() + 1) {
            parts.push_back(texts.c_str() + at);
        }
        pid_t child = fork();
        if (child == 0) {
            redirect(0, "/dev/null");
            redirect(1, parts[0]);
            redirect(2, parts[0] + ".err");
            parts.erase(parts.begin());
            return the_main(static_cast<int>(parts.size()), pointers(parts).data(), variables);
        }
        bool good = child > 0 && content(child);
        if (!write_all(1, &good, sizeof good)) {
            break;
        }
    }
    _exit(0);
}

} // namespace

} // namespace standin

/** Called by a program when its libraries are loaded. In the place of the real one, where the library is preloaded. */
extern "C" __attribute__((visibility("default"))) int __libc_start_main(standin::Main main, int argc, char **argv, void (*init)(),
        void (*fini)(), void (*end)(), void *stack) {
    typedef int (*Start)(standin::Main, int, char **, void (*)(), void (*)(), void (*)(), void *);
    Start start = reinterpret_cast<Start>(dlsym(RTLD_NEXT, "__libc_start_main"));
    bool serves = getenv(standin::SERVING) != nullptr;
    standin::the_main = main;
    return start(serves ? standin::serve : main, argc, argv, init, fini, end, stack);
}
