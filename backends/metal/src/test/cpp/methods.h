// Methods whose types the runtime tells as they are in C++.
#pragma once

#include "standin.h"

namespace standin {

/** MTLSize. */
struct Size {
    uint64_t width, height, depth;
};

template <typename F>
Code code(F *function) {
    return reinterpret_cast<Code>(function);
}

/** Adds offsets to the types of an encoding, as the runtime has them. */
inline std::string encoding(const std::vector<std::pair<const char *, int>> &types) {
    int offset = 0;
    std::string arguments;
    for (size_t i = 1; i < types.size(); i++) {
        arguments += types[i].first + std::to_string(offset);
        offset += types[i].second;
    }
    return types[0].first + std::to_string(offset) + arguments;
}

template <typename T>
struct Encoded;
template <>
struct Encoded<void> {
    static constexpr std::pair<const char *, int> of{"v", 0};
};
template <>
struct Encoded<void *> {
    static constexpr std::pair<const char *, int> of{"@", 8};
};
template <>
struct Encoded<const void *> {
    static constexpr std::pair<const char *, int> of{"r^v", 8};
};
template <>
struct Encoded<char *> {
    static constexpr std::pair<const char *, int> of{"^v", 8};
};
template <>
struct Encoded<const char *> {
    static constexpr std::pair<const char *, int> of{"r*", 8};
};
template <>
struct Encoded<void **> {
    static constexpr std::pair<const char *, int> of{"^@", 8};
};
template <>
struct Encoded<uint64_t> {
    static constexpr std::pair<const char *, int> of{"Q", 8};
};
template <>
struct Encoded<int64_t> {
    static constexpr std::pair<const char *, int> of{"q", 8};
};
template <>
struct Encoded<bool> {
    static constexpr std::pair<const char *, int> of{"B", 4};
};
template <>
struct Encoded<Size> {
    static constexpr std::pair<const char *, int> of{"{?=QQQ}", 24};
};

/** A method whose encoding follows from its C type; the selector is not among the arguments of `function`. */
template <typename R, typename... A>
Method method(const char *name, R (*function)(void *, Selector, A...)) {
    return {name, encoding({Encoded<R>::of, {"@", 8}, {":", 8}, Encoded<A>::of...}), code(function)};
}

/** A class, which answers to `of_class` itself. */
Class *make(const char *name, std::vector<Method> methods, std::vector<Method> of_class = {});

} // namespace standin
