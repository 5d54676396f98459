package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;

/**
 * What a multivariant playlist says about a rendition, and its initialization section.
 *
 * @param name URL-safe, unique in the stream: {@code video}, {@code audio}, later {@code 720p}
 * @param codecs RFC 6381, exact
 * @param width pixels as shown, with the sample aspect ratio applied; 0 for audio
 * @param frameRateMilli maximum frames a second times 1000; 0 for audio or where unknown
 * @param channels 0 for video
 * @param declaredBitrateBps expected peak, from the publisher's metadata or the encoder's settings; 0
 *     if unknown. Only a starting value until enough was measured
 * @param init file name of the initialization section, with its content hash in it
 * @param initBytes the section itself (ftyp, moov)
 */
public record RenditionDescription(
    String name,
    MediaType type,
    String codecs,
    int width,
    int height,
    int frameRateMilli,
    int channels,
    int sampleRate,
    long declaredBitrateBps,
    String init,
    Bytes initBytes) {}
