/**
 * FLV tags and what is in them, which is also what RTMP messages carry: Adobe Flash Video File
 * Format Specification 10.1, annex E, and Enhanced RTMP v2. Readers and writers are free of clocks,
 * threads and files.
 */
@NullMarked
package dev.millrace.media.flv;

import org.jspecify.annotations.NullMarked;
