package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a transport stream in pieces of any size: finds packets, follows the first program of the
 * association, and puts its PES packets together. Never throws for what it reads: what is wrong is
 * counted ({@link #faults}) and passed over, and a PES packet of which something is missing is
 * dropped. Memory is bounded by {@code maxPesBytes} for each of at most 64 streams. One thread.
 */
public final class TsReader {
  /** Hears what is read, in the order of the stream. */
  public interface Listener {
    /** The program begins, or is another one now. */
    default void program(ProgramMap map) {}

    /**
     * A whole PES packet.
     *
     * @param randomAccess its random_access_indicator
     */
    void pes(int pid, PesPacket packet, boolean randomAccess);

    /**
     * A program clock reference of the program.
     *
     * @param pcr in ticks of 27 MHz, modulo {@link TsClock#PCR_MODULUS}
     * @param packet number of the packet since the beginning, from 0; null packets count
     */
    default void pcr(long pcr, long packet, boolean discontinuity) {}

    /** Packets of a PID of the program are missing here, or its PES packet was dropped. */
    default void gap(int pid) {}
  }

  private final Listener listener;
  private final int maxPesBytes;
  private final Map<Integer, PesAssembler> streams = new HashMap<>();
  private final SectionAssembler association = new SectionAssembler();
  private SectionAssembler map = new SectionAssembler();
  private int mapPid = -1;
  private @Nullable ProgramMap program;
  private Bytes carry = Bytes.EMPTY;
  private boolean locked;
  private long packets;
  private long syncBytes;
  private long transportErrors;
  private long malformed;
  private long continuity;
  private long oversize;

  /**
   * @param maxPesBytes of one PES packet; a longer one is dropped
   */
  public TsReader(Listener listener, int maxPesBytes) {
    this.listener = listener;
    this.maxPesBytes = maxPesBytes;
  }

  /** What was wrong so far. */
  public TsFaults faults() {
    return new TsFaults(syncBytes, transportErrors, malformed, continuity, oversize);
  }

  /** Packets read so far, null packets among them. */
  public long packets() {
    return packets;
  }

  /** Reads on; slices of the bytes are kept as long as their PES packets are. */
  public void read(Bytes more) {
    Bytes data = carry.isEmpty() ? more : Bytes.concat(List.of(carry, more));
    int at = 0;
    while (data.length() - at >= TsPacket.SIZE) {
      if (isPacket(data, at)) {
        if (!locked && data.length() - at == TsPacket.SIZE && at > 0) {
          break; // perhaps by chance: the next packet must show it
        }
        locked = true;
        packet(data.slice(at, TsPacket.SIZE));
        at += TsPacket.SIZE;
      } else {
        locked = false;
        syncBytes++;
        at++;
      }
    }
    carry = data.slice(at);
  }

  /** Gives out what is whole but for the sign of its end. */
  public void flush() {
    streams.forEach((pid, stream) -> complete(pid, stream));
  }

  private boolean isPacket(Bytes data, int at) {
    if (data.u8(at) != TsPacket.SYNC_BYTE) {
      return false;
    }
    int next = at + TsPacket.SIZE;
    return locked || next >= data.length() || data.u8(next) == TsPacket.SYNC_BYTE;
  }

  private void packet(Bytes bytes) {
    long number = packets++;
    try {
      TsPacket packet = TsPacket.read(bytes);
      if (packet.transportError()) {
        transportErrors++;
      } else if (packet.pid() != TsPacket.NULL_PID) {
        accept(packet, number);
      }
    } catch (ProtocolException e) {
      malformed++;
    }
  }

  private void accept(TsPacket packet, long number) {
    int pid = packet.pid();
    if (pid == ProgramAssociation.PID) {
      association.accept(packet, this::association);
    } else if (pid == mapPid) {
      map.accept(packet, this::map);
    }
    PesAssembler stream = streams.get(pid);
    ProgramMap known = program;
    if (known != null && pid == known.pcrPid()) {
      packet
          .adaptation()
          .ifPresent(
              field ->
                  field.pcr().ifPresent(pcr -> listener.pcr(pcr, number, field.discontinuity())));
    }
    if (stream != null) {
      elementary(packet, stream);
    }
  }

  private void elementary(TsPacket packet, PesAssembler stream) {
    boolean jump = packet.adaptation().filter(AdaptationField::discontinuity).isPresent();
    switch (stream.counted(packet, jump)) {
      case REPEATED -> {}
      case MISSING -> {
        continuity++;
        stream.drop();
        listener.gap(packet.pid());
        take(packet, stream);
      }
      case NEXT -> take(packet, stream);
    }
  }

  private void take(TsPacket packet, PesAssembler stream) {
    if (packet.unitStart()) {
      complete(packet.pid(), stream);
      stream.begin(packet.adaptation().filter(AdaptationField::randomAccess).isPresent());
    }
    if (!stream.add(packet.payload(), maxPesBytes)) {
      oversize++;
      listener.gap(packet.pid());
    } else if (stream.isComplete()) {
      complete(packet.pid(), stream);
    }
  }

  private void complete(int pid, PesAssembler stream) {
    if (!stream.hasBegun()) {
      return;
    }
    boolean randomAccess = stream.randomAccess();
    try {
      PesPacket packet = PesPacket.read(stream.take());
      listener.pes(pid, packet, randomAccess);
    } catch (ProtocolException e) {
      malformed++;
      listener.gap(pid);
    }
  }

  private void association(Bytes bytes) {
    Section section = Section.read(bytes);
    if (section.tableId() != ProgramAssociation.TABLE_ID || !section.current()) {
      return;
    }
    ProgramAssociation.read(section).programMapPids().values().stream()
        .findFirst()
        .ifPresent(
            pid -> {
              if (pid != mapPid) {
                mapPid = pid;
                map = new SectionAssembler();
              }
            });
  }

  private void map(Bytes bytes) {
    Section section = Section.read(bytes);
    if (section.tableId() != ProgramMap.TABLE_ID || !section.current()) {
      return;
    }
    ProgramMap read = ProgramMap.read(section);
    if (read.equals(program)) {
      return;
    }
    program = read;
    Set<Integer> pids = new HashSet<>();
    for (ProgramMap.Stream stream : read.streams()) {
      pids.add(stream.pid());
      streams.computeIfAbsent(stream.pid(), ignored -> new PesAssembler());
    }
    streams.keySet().retainAll(pids);
    listener.program(read);
  }
}
