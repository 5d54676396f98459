package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Lets a receiver into a transport stream that has begun long ago: at a picture from which decoding
 * can start (random_access_indicator, ISO/IEC 13818-1 §2.4.3.4), with the program association and
 * map in front; at any packet behind these where the program has no pictures. A stream that does
 * not tell such a picture for ten seconds is entered anywhere. Never throws for what it reads.
 * Memory is bounded. One thread.
 */
public final class TsEntry {
  private static final long PATIENCE = 10 * TsClock.PCR_HZ;

  /** The same for a stream without a clock: ten seconds of 13 Mbit/s. */
  private static final int PATIENCE_BYTES = 16 << 20;

  /** Packets of a section of 1024 bytes, and one more. */
  private static final int MAX_TABLE_PACKETS = 7;

  /** stream_type of pictures: MPEG-1 to 4, AVC with its extensions, HEVC, VVC, AVS, VC-1. */
  private static final Set<Integer> PICTURES =
      Set.of(0x01, 0x02, 0x10, 0x1B, 0x1E, 0x1F, 0x20, 0x24, 0x25, 0x33, 0x42, 0xD1, 0xD2, 0xEA);

  private final Table association = new Table();
  private Table map = new Table();
  private int mapPid = -1;
  private boolean entered;
  private boolean told;
  private List<Integer> pictures = List.of();
  private OptionalLong begun = OptionalLong.empty();
  private int clockPid;
  private int bytes;

  /** The packets of the last section of a PID, as they came. */
  private static final class Table {
    private final SectionAssembler sections = new SectionAssembler();
    private final List<Bytes> packets = new ArrayList<>();

    void keep(TsPacket packet, Bytes raw) {
      if (packet.unitStart()) {
        packets.clear();
      }
      if (packets.size() < MAX_TABLE_PACKETS) {
        packets.add(raw);
      }
    }
  }

  /**
   * What a receiver is given of what comes.
   *
   * @param packets whole packets
   * @return nothing before it is let in, all of it afterwards
   */
  public Bytes take(Bytes packets) {
    if (entered) {
      return packets;
    }
    for (int at = 0; at + TsPacket.SIZE <= packets.length(); at += TsPacket.SIZE) {
      if (isEntry(packets.slice(at, TsPacket.SIZE))) {
        entered = true;
        List<Bytes> all = new ArrayList<>(association.packets);
        all.addAll(map.packets);
        all.add(packets.slice(at));
        return Bytes.concat(all);
      }
    }
    return Bytes.EMPTY;
  }

  private boolean isEntry(Bytes raw) {
    bytes += raw.length();
    try {
      TsPacket packet = TsPacket.read(raw);
      if (packet.transportError() || packet.pid() == TsPacket.NULL_PID) {
        return false;
      }
      if (isLate(packet) || opens(packet)) {
        return true;
      }
      tables(packet, raw);
    } catch (ProtocolException e) {
      return bytes > PATIENCE_BYTES; // damaged or scrambled: not to be entered here
    }
    return false;
  }

  private boolean opens(TsPacket packet) {
    if (!told || packet.pid() == ProgramAssociation.PID || packet.pid() == mapPid) {
      return false;
    }
    return pictures.isEmpty()
        || (pictures.contains(packet.pid())
            && packet.adaptation().filter(AdaptationField::randomAccess).isPresent());
  }

  /** By the clock that came first: other programs have others. */
  private boolean isLate(TsPacket packet) {
    OptionalLong pcr = packet.adaptation().map(AdaptationField::pcr).orElse(OptionalLong.empty());
    if (begun.isEmpty() && pcr.isPresent()) {
      begun = pcr;
      clockPid = packet.pid();
    }
    boolean late =
        pcr.isPresent()
            && packet.pid() == clockPid
            && Math.floorMod(pcr.getAsLong() - begun.getAsLong(), TsClock.PCR_MODULUS) > PATIENCE;
    return late || bytes > PATIENCE_BYTES;
  }

  private void tables(TsPacket packet, Bytes raw) {
    if (packet.pid() == ProgramAssociation.PID) {
      association.keep(packet, raw);
      association.sections.accept(packet, this::association);
    } else if (packet.pid() == mapPid) {
      map.keep(packet, raw);
      map.sections.accept(packet, this::map);
    }
  }

  private void association(Bytes bytes) {
    Section section = Section.read(bytes);
    if (section.tableId() == ProgramAssociation.TABLE_ID && section.current()) {
      ProgramAssociation.read(section).programMapPids().values().stream()
          .findFirst()
          .filter(first -> first != mapPid)
          .ifPresent(this::mapAt);
    }
  }

  private void mapAt(int pid) {
    mapPid = pid;
    map = new Table();
    told = false;
  }

  private void map(Bytes bytes) {
    Section section = Section.read(bytes);
    if (section.tableId() == ProgramMap.TABLE_ID && section.current()) {
      pictures =
          ProgramMap.read(section).streams().stream()
              .filter(each -> PICTURES.contains(each.streamType()))
              .map(ProgramMap.Stream::pid)
              .toList();
      told = true;
    }
  }
}
