package dev.millrace.media.log.http;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.RecordName;
import dev.millrace.media.log.SignedBlock;
import dev.millrace.media.log.SignedBlock.Covered;
import dev.millrace.media.log.SignerKey;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines {@code signer} and {@code signed} of a streamed log, and the body of the latter: a line
 * for each record that a block covers. Stateless.
 */
final class BlockLines {
  /** As many records as a block may have, with long names. */
  static final int MAX_BODY_BYTES = 32 * 1024;

  private static final int KEY_BYTES = 32;
  private static final int ID_BYTES = 8;
  private static final int HASH_BYTES = 32;
  private static final int SIGNATURE_BYTES = 64;

  private static final Pattern LINE = Pattern.compile("([a-z]+) (?:(\\S+) )?(\\S+) ([0-9a-f]{64})");
  private static final Pattern NUMBER = Pattern.compile("0|[1-9]\\d{0,17}");

  private BlockLines() {}

  static Fields signer(SignerKey key) {
    return Fields.empty(LogStreamWriter.SIGNER)
        .word("key", key.publicKey().hex())
        .word("voucher", key.voucher().hex());
  }

  static SignerKey signer(Fields fields) {
    return new SignerKey(hex(fields, "key", KEY_BYTES), hex(fields, "voucher", HASH_BYTES));
  }

  static Fields signed(SignedBlock block) {
    return Fields.empty(LogStreamWriter.SIGNED)
        .word("signer", block.signer().hex())
        .number("epoch", block.epoch())
        .number("block", block.number())
        .word("previous", block.previous().hex())
        .word("signature", block.signature().hex());
  }

  /**
   * Reads a block.
   *
   * @throws ProtocolException (malformed or limit) if it is none
   */
  static SignedBlock signed(Fields fields, Bytes body) {
    long number = fields.count("block");
    if (number == 0) {
      throw fields.missing("block", "a number from 1 on");
    }
    return new SignedBlock(
        hex(fields, "signer", ID_BYTES),
        fields.count("epoch"),
        number,
        hex(fields, "previous", HASH_BYTES),
        covered(body),
        hex(fields, "signature", SIGNATURE_BYTES));
  }

  private static List<Covered> covered(Bytes body) {
    String text = body.utf8();
    if (!text.endsWith("\n")) {
      throw ProtocolException.malformed("a block covers nothing, or breaks off");
    }
    String[] lines = text.substring(0, text.length() - 1).split("\n", -1);
    if (lines.length > SignedBlock.MAX_RECORDS) {
      throw ProtocolException.limit(
          "a block of " + lines.length + " records, at most " + SignedBlock.MAX_RECORDS);
    }
    List<Covered> covered = new ArrayList<>(lines.length);
    for (String line : lines) {
      Matcher parts = LINE.matcher(line);
      if (!parts.matches()) {
        throw wrong(line);
      }
      covered.add(new Covered(name(line, parts), Bytes.fromHex(parts.group(4))));
    }
    return covered;
  }

  private static RecordName name(String line, Matcher parts) {
    String rendition = parts.group(2) == null ? "" : parts.group(2);
    String what = parts.group(3);
    boolean named = StreamPath.isValidSegment(rendition);
    return switch (parts.group(1)) {
      case "opened" -> new RecordName.Opening(epoch(line, rendition, what));
      case "ended" -> new RecordName.Ending(epoch(line, rendition, what));
      case "described" -> {
        if (!named || !FileName.INIT.matcher(what).matches()) {
          throw wrong(line);
        }
        yield new RecordName.Description(rendition, what);
      }
      case "appended" -> {
        LogPosition at =
            FileName.parse(what + ".m4s")
                .filter(FileName.Part.class::isInstance)
                .map(part -> ((FileName.Part) part).position())
                .orElseThrow(() -> wrong(line));
        if (!named) {
          throw wrong(line);
        }
        yield new RecordName.Entry(rendition, at);
      }
      default -> throw wrong(line);
    };
  }

  private static long epoch(String line, String rendition, String what) {
    if (!rendition.isEmpty() || !NUMBER.matcher(what).matches()) {
      throw wrong(line);
    }
    return Long.parseLong(what);
  }

  private static Bytes hex(Fields fields, String name, int bytes) {
    Bytes value = fields.hex(name);
    if (value.length() != bytes) {
      throw fields.missing(name, 2 * bytes + " hexadecimal digits");
    }
    return value;
  }

  private static ProtocolException wrong(String line) {
    return ProtocolException.malformed(
        "a block covers no '" + line.substring(0, Math.min(60, line.length())) + "'");
  }
}
