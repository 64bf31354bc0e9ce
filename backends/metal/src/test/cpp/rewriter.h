#pragma once

#include <string>

namespace standin {

/** A source as clang takes it. */
struct Rewritten {
    std::string text;
    /** What stands in no MSL, or is not understood; empty if nothing. */
    std::string refusal;
    int kernels = 0;
};

/**
 * Takes the attributes off kernels' parameters, makes their threadgroup variables common to a threadgroup, and, unless it is
 * for the strict pass, adds what calls each kernel by its table of arguments.
 */
Rewritten rewrite(const std::string &source, bool strict);

/** What Apple's compiler refuses and clang accepts, found in clang's dump of the syntax tree; empty if there is nothing. */
std::string lint(const std::string &tree);

} // namespace standin
