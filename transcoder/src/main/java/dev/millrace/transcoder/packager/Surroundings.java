package dev.millrace.transcoder.packager;

import dev.millrace.media.log.Targets;

/**
 * What a section needs of its surroundings.
 *
 * @param marks hears of every segment of the section
 * @param feed takes the frames that are shown
 */
record Surroundings(
    Presentation presentation,
    Targets targets,
    SourceAdvice advice,
    WallClock wallClock,
    SegmentMarks marks,
    LadderFeed feed) {}
