package dev.millrace.media.log;

/**
 * Where a rendition's log ends, for a writer that takes it over.
 *
 * @param next position of the next entry; its part is 0 if the last segment is complete
 * @param endPdtUs wall time of the end of the last entry, microseconds since 1970
 * @param discontinuitySequence of the last entry
 * @param init file name of the initialization section of the last entry
 * @param hasMedia whether any entry in the window is more than a gap
 */
public record LogTail(
    LogPosition next, long endPdtUs, long discontinuitySequence, String init, boolean hasMedia) {}
