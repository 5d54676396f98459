/**
 * MPEG-2 transport streams (ISO/IEC 13818-1, "H.222.0"): packets, program tables, PES, and one
 * program of at most one video and one audio track, written as fast as frames come ({@link
 * dev.millrace.media.ts.TsWriter}) or at a constant rate ({@link
 * dev.millrace.media.ts.ConstantRateMultiplexer}), and read ({@link
 * dev.millrace.media.ts.TsReader}). H.264 and H.265 in the byte stream format of their Annexes B,
 * AAC as ADTS. Pure functions and small classes; no clock is read here. One thread at a time.
 */
@NullMarked
package dev.millrace.media.ts;

import org.jspecify.annotations.NullMarked;
