/** Tests of the packager: a hand-driven clock, synthetic frames, and rules that every log meets. */
@NullMarked
package dev.millrace.transcoder.packager;

import org.jspecify.annotations.NullMarked;
