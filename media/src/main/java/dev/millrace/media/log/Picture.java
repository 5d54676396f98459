package dev.millrace.media.log;

import dev.millrace.media.Bytes;

/** A JPEG of what the stream showed; sizes in pixels. */
public record Picture(int width, int height, Bytes jpeg) {}
