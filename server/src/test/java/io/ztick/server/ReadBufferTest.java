package io.ztick.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadBufferTest {
  private final ReadBuffer reads = new ReadBuffer(16, 4);

  @AfterEach
  void close() {
    reads.close();
  }

  @Test
  void connections_read_into_one_buffer() {
    ByteBuf first = read();
    first.writeBytes("PING\n".getBytes(US_ASCII)).release();

    ByteBuf second = read();

    assertThat(second).isSameAs(first);
    assertThat(second.isReadable()).isFalse();
    assertThat(second.writableBytes()).isEqualTo(16);
    second.release();
  }

  @Test
  void what_a_connection_keeps_is_not_overwritten_by_another() {
    ByteBuf kept = read().writeBytes("half a rec".getBytes(US_ASCII));

    ByteBuf other = read().writeBytes("PING\n".getBytes(US_ASCII));

    assertThat(kept.toString(US_ASCII)).isEqualTo("half a rec");
    assertThat(other.toString(US_ASCII)).isEqualTo("PING\n");
    assertThat(kept.release()).isTrue();
    other.release();
  }

  @Test
  void the_buffer_is_given_back_at_the_end() {
    ByteBuf buffer = read();
    buffer.release();

    reads.close();

    assertThat(buffer.refCnt()).isZero();
  }

  private ByteBuf read() {
    return reads.newHandle().allocate(UnpooledByteBufAllocator.DEFAULT);
  }
}
