package io.ztick.tests;

import io.ztick.command.AnswerReader;
import io.ztick.command.Digits;
import io.ztick.command.KeySpace;
import io.ztick.command.Link;
import io.ztick.command.Load;
import io.ztick.command.LoadResult;
import io.ztick.command.Tally;
import io.ztick.command.Workload;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Measures redis-server or beanstalkd by the loop of `ztick bench`. Not a test: `benchmark.py`
/// starts it.
///
/// Arguments: the request, port, connections, requests in flight over each, keys, the milliseconds
/// to warm up and to measure; with 0 to measure it sends one request for each key, in the shuffled
/// order of `ztick bench`. It prints an object of the same fields.
final class PeerLoad implements Workload {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration UNBOUNDED = Duration.ofDays(365);
  private static final String KEY = "deploy.daily.000000000";
  private static final String TIME = "4078728000000000000";
  private static final int DIGITS = 9;
  private static final int NEIGHBOURS = 1000;

  /// What a job is to other servers: a key with a time, a member of a sorted set by its time, a
  /// member of one by its id, a body with a delay.
  private enum Request {
    REDIS_SET(resp("SET", KEY, TIME)),
    REDIS_GET(resp("GET", KEY)),
    REDIS_ZADD(resp("ZADD", "jobs", TIME, KEY)),
    REDIS_LEX(resp("ZADD", "ids", "0", KEY)),
    REDIS_ZRANGE(resp("ZRANGE", "ids", "[" + KEY, "+", "BYLEX", "LIMIT", "0", "1000")),
    REDIS_PING(resp("PING")),
    BEANSTALKD_PUT("put 0 1000000 60 22\r\n" + KEY + "\r\n");

    private final String text;

    Request(String text) {
      this.text = text;
    }

    private boolean hasKey() {
      return this != REDIS_PING;
    }

    private boolean hasTime() {
      return this == REDIS_SET || this == REDIS_ZADD;
    }
  }

  private final Request request;
  private final byte[] template;

  /// Where the digits of the key and of the time begin; meaningless when there are none.
  private final int keyAt;

  private final int timeAt;
  private final KeySpace keys;
  private final boolean walking;

  private PeerLoad(Request request, KeySpace keys, boolean walking) {
    this.request = request;
    this.template = request.text.getBytes(StandardCharsets.US_ASCII);
    this.keyAt = request.text.indexOf(KEY) + KEY.length() - DIGITS;
    this.timeAt = request.text.indexOf(TIME) + TIME.length() - DIGITS;
    this.keys = keys;
    this.walking = walking;
  }

  public static void main(String[] arguments) throws IOException {
    Request request = Request.valueOf(arguments[0].toUpperCase(Locale.ROOT).replace('-', '_'));
    int port = Integer.parseInt(arguments[1]);
    int pipeline = Integer.parseInt(arguments[3]);
    int keys = Integer.parseInt(arguments[4]);
    Duration warmUp = Duration.ofMillis(Long.parseLong(arguments[5]));
    Duration length = Duration.ofMillis(Long.parseLong(arguments[6]));
    List<Link> links = new ArrayList<>();
    for (int i = Integer.parseInt(arguments[2]); i > 0; i--) {
      links.add(Link.open("127.0.0.1", port, PATIENCE));
    }
    try (Load load = new Load(links, PATIENCE)) {
      var space = new KeySpace(keys, 1);
      var workload = new PeerLoad(request, space, length.isZero());
      long before = 0;
      if (!warmUp.isZero()) {
        before = load.run(workload, pipeline, Long.MAX_VALUE, warmUp).total().requests();
      }
      LoadResult result =
          length.isZero()
              ? load.run(workload, pipeline, keys, UNBOUNDED)
              : load.run(workload, pipeline, Long.MAX_VALUE, length);
      System.out.println("{\"warm_up_requests\":" + before + "," + result.toJson().substring(1));
    }
  }

  private static String resp(String... words) {
    var text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    return text.toString();
  }

  @Override
  public List<String> kinds() {
    return List.of(request.name().toLowerCase(Locale.ROOT));
  }

  @Override
  public int maxRequestBytes() {
    return template.length;
  }

  @Override
  public int next() {
    return 0;
  }

  @Override
  public int compose(byte[] to, int at) {
    System.arraycopy(template, 0, to, at, template.length);
    if (request.hasKey()) {
      int key = walking ? keys.walk() : keys.any();
      if (request == Request.REDIS_ZRANGE) {
        key -= key % NEIGHBOURS;
      }
      Digits.nine(to, at + keyAt, key);
    }
    if (request.hasTime()) {
      Digits.nine(to, at + timeAt, keys.below(Digits.NINE_BOUND));
    }
    return at + template.length;
  }

  @Override
  public AnswerReader answers() {
    return request == Request.BEANSTALKD_PUT ? PeerLoad::readInserted : new Resp();
  }

  private static int readInserted(byte[] bytes, int from, int to, Tally tally)
      throws ProtocolException {
    int start = from;
    for (int end = start; end < to; end++) {
      if (bytes[end] == '\n') {
        if (bytes[start] == 'I') {
          tally.answer();
        } else {
          tally.error(bytes, start, end);
        }
        start = end + 1;
      }
    }
    return start;
  }

  /// Reads answers of redis-server: simple ones, and arrays of strings.
  private static final class Resp implements AnswerReader {
    /// Of the array whose elements come now.
    private int elements;

    @Override
    public int read(byte[] bytes, int from, int to, Tally tally) throws ProtocolException {
      int start = from;
      while (true) {
        int end = start;
        while (end < to && bytes[end] != '\n') {
          end++;
        }
        if (end == to) {
          return start;
        }
        int next = end + 1;
        switch (bytes[start]) {
          case '+', ':' -> element(tally);
          case '-' -> tally.error(bytes, start, end - 1);
          case '$' -> {
            int length = number(bytes, start + 1, end - 1);
            // A missing value is what an id is that is not found.
            if (length < 0) {
              tally.error(bytes, start, end - 1);
            } else {
              next += length + 2;
              if (next > to) {
                return start;
              }
              element(tally);
            }
          }
          case '*' -> {
            elements = number(bytes, start + 1, end - 1);
            if (elements == 0) {
              tally.answer();
            }
          }
          default -> throw new ProtocolException("what answers there is no redis-server");
        }
        start = next;
      }
    }

    private void element(Tally tally) throws ProtocolException {
      if (elements > 0) {
        tally.row();
        elements--;
      }
      if (elements == 0) {
        tally.answer();
      }
    }

    private static int number(byte[] bytes, int from, int to) {
      if (bytes[from] == '-') {
        return -1;
      }
      int number = 0;
      for (int i = from; i < to; i++) {
        number = 10 * number + bytes[i] - '0';
      }
      return number;
    }
  }
}
