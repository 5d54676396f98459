package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import java.util.List;
import java.util.function.Consumer;

/** Puts the sections of one PID together (ISO/IEC 13818-1 §2.4.4.1). */
final class SectionAssembler {
  private static final int STUFFING = 0xFF;

  private Bytes partial = Bytes.EMPTY;
  private boolean begun;

  /** Takes a packet's payload; whole sections go to {@code sections}, which may throw. */
  void accept(TsPacket packet, Consumer<Bytes> sections) {
    Bytes payload = packet.payload();
    if (payload.isEmpty()) {
      return;
    }
    if (!packet.unitStart()) {
      if (begun) {
        add(payload, sections);
      }
      return;
    }
    int pointer = payload.u8(0);
    if (1 + pointer > payload.length()) {
      begun = false;
      return;
    }
    Bytes before = partial;
    boolean wasBegun = begun;
    // What begins here is read even if what ends here is broken.
    partial = Bytes.EMPTY;
    begun = true;
    try {
      add(payload.slice(1 + pointer), sections);
    } finally {
      if (wasBegun && pointer > 0) {
        ends(Bytes.concat(List.of(before, payload.slice(1, pointer))), sections);
      }
    }
  }

  private static void ends(Bytes section, Consumer<Bytes> sections) {
    if (section.length() >= Section.HEADER && size(section) <= section.length()) {
      sections.accept(section.slice(0, size(section)));
    }
  }

  private void add(Bytes more, Consumer<Bytes> sections) {
    Bytes data = Bytes.concat(List.of(partial, more));
    int at = 0;
    while (data.length() - at >= Section.HEADER && data.u8(at) != STUFFING) {
      int size = size(data.slice(at));
      if (size > Section.MAX_SIZE || size > data.length() - at) {
        break;
      }
      int from = at;
      at += size;
      partial = Bytes.EMPTY;
      sections.accept(data.slice(from, size));
    }
    Bytes rest = data.slice(at);
    boolean whole = rest.isEmpty() || rest.u8(0) == STUFFING;
    begun = !whole && rest.length() <= Section.MAX_SIZE;
    partial = begun ? rest : Bytes.EMPTY;
  }

  private static int size(Bytes section) {
    return Section.HEADER + (section.u16(1) & 0x0FFF);
  }
}
