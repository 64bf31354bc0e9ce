// From a source to a program that can be run: rewritten, checked and compiled by clang, and kept by the hash of all that.
#include "rewriter.h"
#include "standin.h"
#include "tools.h"

#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <mutex>
#include <sstream>
#include <unistd.h>
#include <unordered_map>

namespace standin {

namespace {

std::mutex place_mutex;
Place place;
std::string replaced_text, replacing_text;
int replaced_count;

/** One that checks and one that builds, so that they do so at the same time. */
Server checking, building;

std::string hash(const std::string &text) {
    uint64_t a = 14695981039346656037ull, b = 0x9e3779b97f4a7c15ull;
    for (unsigned char c : text) {
        a = (a ^ c) * 1099511628211ull;
        b = (b + c) * 0xbf58476d1ce4e5b9ull;
        b ^= b >> 29;
    }
    char digits[40];
    snprintf(digits, sizeof digits, "%016lx%016lx", static_cast<unsigned long>(a), static_cast<unsigned long>(b));
    return digits;
}

/** A program's own name for the time of its making; renamed when it is whole, since other processes use the same folder. */
std::string temporary(const std::string &path) {
    static std::atomic<int> count{0};
    return path + "." + std::to_string(getpid()) + "." + std::to_string(count++);
}

/** Compiles to `path`. */
bool make(const std::string &source, bool fast_math, const std::string &path, std::string &why) {
    Rewritten strict = rewrite(source, true);
    Rewritten flat = rewrite(source, false);
    why = !strict.refusal.empty() ? strict.refusal : flat.refusal;
    if (!why.empty()) {
        return false;
    }
    std::string work = temporary(path);
    write_file(work + ".metal", source);
    write_file(work + ".strict.cpp", strict.text);
    write_file(work + ".cpp", flat.text);
    std::vector<std::string> common = {place.clang, "-std=c++17", "-nostdinc", "-isystem", place.shim, "-Werror=return-type",
            "-Wno-everything", "-fno-exceptions", "-fno-rtti", "-fno-color-diagnostics", "-ffp-contract=off"};
    std::vector<std::string> check = common;
    check.insert(check.end(), {"-DKILN_STRICT", "-fsyntax-only", "-Xclang", "-ast-dump", work + ".strict.cpp"});
    std::vector<std::string> build = common;
    build.insert(build.end(),
            {"-O2", "-fPIC", "-fvisibility=hidden", "-fno-semantic-interposition", "-Xclang", "-fsanitize=thread", "-mllvm",
                    "-tsan-instrument-func-entry-exit=0", "-mllvm", "-tsan-instrument-read-before-write", "-fno-math-errno",
                    "-c", work + ".cpp", "-o", work + ".o"});
    if (fast_math) {
        build.push_back("-ffast-math");
    }
    checking.begin(check, work + ".tree");
    building.begin(build, work + ".out");
    why = checking.complaint();
    std::string complaint = building.complaint();
    why = why.empty() ? lint(read_file(work + ".tree")) : why;
    why = why.empty() ? complaint : why;
    if (why.empty()) { // the linker itself: clang takes ten times as long to call it
        why = complaint_of({"ld", "-shared", work + ".o", "-o", work + ".so", "-L/lib/x86_64-linux-gnu", "-L/lib64",
                                   "-l:libm.so.6", "-l:libgcc_s.so.1"},
                work + ".out");
    }
    if (why.empty()) {
        rename((work + ".so").c_str(), path.c_str());
    }
    rename((work + ".metal").c_str(), (path + ".metal").c_str());
    for (const char *end : {".strict.cpp", ".cpp", ".o", ".tree", ".tree.err", ".out", ".out.err"}) {
        unlink((work + end).c_str());
    }
    return why.empty();
}

/** Names of the kernels, from the tables in the text. */
std::vector<std::string> kernel_names(const std::string &source) {
    std::vector<std::string> names;
    std::string text = rewrite(source, false).text;
    const std::string mark = "kiln_call_";
    for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        size_t end = text.find('(', at);
        names.push_back(text.substr(at + mark.size(), end - at - mark.size()));
    }
    return names;
}

Range image_of(void *handle) {
    struct link_map *map = nullptr;
    Range range{};
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0) {
        return range;
    }
    struct Search {
        struct link_map *map;
        Range *range;
    } search{map, &range};
    dl_iterate_phdr(
            [](struct dl_phdr_info *info, size_t, void *data) {
                Search *search = static_cast<Search *>(data);
                if (info->dlpi_addr != search->map->l_addr) {
                    return 0;
                }
                for (int i = 0; i < info->dlpi_phnum; i++) {
                    if (info->dlpi_phdr[i].p_type == PT_LOAD) {
                        const char *begin = reinterpret_cast<const char *>(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
                        const char *end = begin + info->dlpi_phdr[i].p_memsz;
                        search->range->begin = search->range->begin == nullptr ? begin : std::min(search->range->begin, begin);
                        search->range->end = std::max(search->range->end, end);
                    }
                }
                return 1;
            },
            &search);
    return range;
}

/** What is written in the file beside this library. */
Place place_of_library() {
    Dl_info self;
    dladdr(reinterpret_cast<void *>(&set_order), &self);
    std::istringstream lines(read_file(std::string(self.dli_fname) + ".place"));
    Place found;
    std::getline(lines, found.clang);
    std::getline(lines, found.shim);
    std::getline(lines, found.cache);
    return found;
}

std::shared_ptr<Program> load(const std::string &path, const std::string &source, std::string &why) {
    auto program = std::make_shared<Program>();
    program->handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (program->handle == nullptr) {
        why = dlerror();
        return nullptr;
    }
    void *host = dlsym(program->handle, "kiln_the_host");
    if (host == nullptr) {
        why = "a program without kernels";
        return nullptr;
    }
    *static_cast<Host **>(host) = &the_host;
    for (const std::string &name : kernel_names(source)) {
        Kernel kernel;
        kernel.name = name;
        kernel.image = image_of(program->handle);
        void *call = dlsym(program->handle, ("kiln_call_" + name).c_str());
        const Parameter *table = static_cast<const Parameter *>(dlsym(program->handle, ("kiln_table_" + name).c_str()));
        memcpy(&kernel.call, &call, sizeof call);
        for (; table->index != ~0u; table++) {
            kernel.parameters.push_back(*table);
        }
        program->kernels.push_back(kernel);
    }
    return program;
}

} // namespace

Program::~Program() {
    if (handle != nullptr) {
        dlclose(handle);
    }
}

std::shared_ptr<Program> compile(const std::string &given, bool fast_math, std::string &why) {
    std::lock_guard<std::mutex> lock(place_mutex); // one at a time: clang is what takes long
    if (place.clang.empty()) {
        place = place_of_library();
    }
    std::string source = given;
    if (!replaced_text.empty()) {
        for (size_t at = source.find(replaced_text); at != std::string::npos;
                at = source.find(replaced_text, at + replacing_text.size())) {
            source.replace(at, replaced_text.size(), replacing_text);
            replaced_count++;
        }
    }
    std::string path = place.cache + "/" + hash(source + (fast_math ? "fast" : "")) + ".so";
    if (access(path.c_str(), R_OK) != 0 && !make(source, fast_math, path, why)) {
        return nullptr;
    }
    return load(path, source, why);
}

} // namespace standin

/** From now on each source is compiled with another text in the place of one of its own; empty for none. */
STANDIN_EXPORT void standin_replace(const char *text, const char *by) {
    std::lock_guard<std::mutex> lock(standin::place_mutex);
    standin::replaced_text = text;
    standin::replacing_text = by;
    standin::replaced_count = 0;
}

/** How many places were replaced since then. */
STANDIN_EXPORT int32_t standin_replaced() {
    std::lock_guard<std::mutex> lock(standin::place_mutex);
    return standin::replaced_count;
}
