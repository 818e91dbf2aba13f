package io.ztick.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/// What a {@link Load} has measured.
///
/// @param kinds by kind of request, in the order of the workload
/// @param elapsed from the first request to the end of what was counted
/// @param cpu what this process has used meanwhile, to 10 ms
/// @param firstError the text of the first refusal, since the load began
/// @param failure what ended it before its time
public record LoadResult(
    List<Kind> kinds,
    Duration elapsed,
    Duration cpu,
    Optional<String> firstError,
    Optional<IOException> failure) {

  /// Longer ones count as so long.
  private static final long LONGEST_NANOS = Duration.ofHours(1).toNanos();

  private static final int DIGITS = 3;
  private static final int TICKS_PER_HALF = 5;
  private static final double SECOND = 1e9;

  /// What was measured of one kind of request.
  ///
  /// @param errors how many answers refused; they are among the latencies too
  /// @param rows of listings
  /// @param latencies in nanoseconds, one for each answer
  public record Kind(String name, long errors, long rows, Histogram latencies) {
    /// How many were answered.
    public long requests() {
      return latencies.getTotalCount();
    }
  }

  /// An empty one that takes everything.
  static Histogram histogram() {
    var histogram = new Histogram(LONGEST_NANOS, DIGITS);
    histogram.setAutoResize(true);
    return histogram;
  }

  /// All kinds together.
  public Kind total() {
    Histogram all = histogram();
    kinds.forEach(kind -> all.add(kind.latencies()));
    long errors = kinds.stream().mapToLong(Kind::errors).sum();
    return new Kind("total", errors, kinds.stream().mapToLong(Kind::rows).sum(), all);
  }

  /// So many of them in a second.
  double perSecond(long count) {
    return count * SECOND / elapsed.toNanos();
  }

  /// How much of a core this process used.
  double cores() {
    return (double) cpu.toNanos() / elapsed.toNanos();
  }

  /// An object with everything, on one line.
  public String toJson() {
    var text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /// Writes the fields of the object.
  void write(JsonGenerator json) throws IOException {
    json.writeNumberField("elapsed_ns", elapsed.toNanos());
    json.writeNumberField("client_cpu_ns", cpu.toNanos());
    write(json, total());
    if (firstError.isPresent()) {
      json.writeStringField("first_error", firstError.get());
    }
    if (failure.isPresent()) {
      json.writeStringField("failure", failure.get().getMessage());
    }
    json.writeArrayFieldStart("commands");
    for (Kind kind : kinds) {
      json.writeStartObject();
      json.writeStringField("command", kind.name());
      write(json, kind);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void write(JsonGenerator json, Kind kind) throws IOException {
    Histogram latencies = kind.latencies();
    json.writeNumberField("requests", kind.requests());
    json.writeNumberField("requests_per_second", Math.round(perSecond(kind.requests())));
    json.writeNumberField("errors", kind.errors());
    json.writeNumberField("rows", kind.rows());
    json.writeNumberField("rows_per_second", Math.round(perSecond(kind.rows())));
    json.writeNumberField("mean_ns", Math.round(latencies.getMean()));
    json.writeNumberField("p50_ns", latencies.getValueAtPercentile(50));
    json.writeNumberField("p90_ns", latencies.getValueAtPercentile(90));
    json.writeNumberField("p99_ns", latencies.getValueAtPercentile(99));
    json.writeNumberField("p999_ns", latencies.getValueAtPercentile(99.9));
    json.writeNumberField("max_ns", latencies.getMaxValue());
    json.writeArrayFieldStart("percentiles");
    for (var step : latencies.percentiles(TICKS_PER_HALF)) {
      json.writeStartArray();
      json.writeNumber(step.getPercentileLevelIteratedTo());
      json.writeNumber(step.getValueIteratedTo());
      json.writeEndArray();
    }
    json.writeEndArray();
  }
}
