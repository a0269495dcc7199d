// Descriptors 0 to 2, as a program may find them.
#pragma once

namespace salond {

/// Opens /dev/null on whichever of standard input, output and error is closed; else the next file or socket that is
/// opened would get its number, and what is printed or logged would go into it. Such a stream still fails when it is
/// used, as a closed one does: an answer that reached nobody is told as that. To be called before anything is opened.
void hold_standard_streams();

} // namespace salond
