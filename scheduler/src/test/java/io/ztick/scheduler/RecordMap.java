package io.ztick.scheduler;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The records of a journal in memory, in the order in which the disk has them, with the numbers of
/// the last change and of the last plan.
final class RecordMap implements Records.Writes {
  private static final Comparator<byte[]> BY_BYTES = Arrays::compareUnsigned;

  private final TreeMap<byte[], byte[]> records = new TreeMap<>(BY_BYTES);
  private long last;
  private long lastPlan;

  /// A new one, with no change in it.
  RecordMap() {
    Records.format(this);
  }

  /// What is found in another one after a restart.
  RecordMap(RecordMap left) {
    records.putAll(left.records);
    RecordReader reader = left.read(_ -> {});
    last = reader.last();
    lastPlan = reader.lastPlan();
  }

  static RecordMap of(List<Change> changes) {
    RecordMap map = new RecordMap();
    map.write(changes);
    return map;
  }

  @Override
  public void put(byte[] key, byte[] value) {
    records.put(key, value);
  }

  @Override
  public void delete(byte[] key) {
    records.remove(key);
  }

  @Override
  public void add(byte[] key, long number) {
    long sum = number + (records.containsKey(key) ? littleEndian(records.get(key)) : 0);
    records.put(key, Records.littleEndian(sum));
  }

  private static long littleEndian(byte[] value) {
    return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /// Writes changes as one batch.
  void write(List<Change> changes) {
    for (Change change : changes) {
      if (change instanceof Change.JobPlanned planned) {
        lastPlan = Math.max(lastPlan, planned.plan());
      }
      Records.write(change, this);
    }
    last += changes.size();
    Records.end(last, changes.size(), lastPlan, this);
  }

  RecordReader read(Replay changes) {
    try {
      return readOrRefuse(changes);
    } catch (MalformedRecordException e) {
      throw new AssertionError(e);
    }
  }

  RecordReader readOrRefuse(Replay changes) throws MalformedRecordException {
    var reader = new RecordReader(changes);
    for (var each : records.entrySet()) {
      reader.read(each.getKey(), each.getValue());
    }
    reader.end();
    return reader;
  }

  /// The changes that a replay hands over.
  List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    read(changes::add);
    return changes;
  }

  Map<byte[], byte[]> records() {
    return records;
  }
}
