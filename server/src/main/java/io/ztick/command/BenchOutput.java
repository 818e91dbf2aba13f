package io.ztick.command;

import java.util.ArrayList;
import picocli.CommandLine.ITypeConverter;

/// How a measurement is printed.
enum BenchOutput {
  /// For people.
  TABLE,
  /// For programs: one object.
  JSON,
  /// The percentiles of all latencies, for the plotter of HdrHistogram.
  HDR;

  /// Reads what is typed.
  static final class Converter implements ITypeConverter<BenchOutput> {
    @Override
    public BenchOutput convert(String word) {
      return Typed.constant(BenchOutput.class, word);
    }
  }

  /// What a shell completes.
  static final class Words extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Words() {
      super(Typed.words(BenchOutput.class));
    }
  }
}
