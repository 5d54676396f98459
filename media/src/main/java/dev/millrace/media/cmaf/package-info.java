/**
 * CMAF (ISO/IEC 23000-19) on the ISO base media file format (ISO/IEC 14496-12): initialization
 * sections and movie fragments of one track, written by {@link dev.millrace.media.cmaf.InitSegment}
 * and {@link dev.millrace.media.cmaf.Fragment}. Pure functions.
 */
@NullMarked
package dev.millrace.media.cmaf;

import org.jspecify.annotations.NullMarked;
