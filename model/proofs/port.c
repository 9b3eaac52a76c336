/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The adversary's port. An access is told by its address: it has to be one of the few that the
 * protocol has at that moment, which the ghost knows; no address is taken apart.
 */
#include "port.h"
#include "iwc_port.h"
#include "checks_off.h"

struct port port;

void port_setup(const struct iwc_config *cfg)
{
	size_t bytes = IWC_HEADER_BYTES;

	port = (struct port){.classes = cfg->class_count, .handle = &port};
	for (uint32_t c = 0; c < IWC_CLASSES_MAX && c < cfg->class_count; c++) {
		port.lines[c] = 1u << cfg->cls[c].lines_log2;
		port.offset[c] = bytes;
		bytes += (size_t)80u * port.lines[c];
	}
	port.bytes = bytes;
	port.own = malloc(bytes);
	port.peer = malloc(bytes);
	port.mark = nondet_size();
	port.witness = nondet_u32();
}

void port_follow_rx(uint32_t c, const struct iwc_consumer *rx)
{
	port.rx[c] = (struct port_rx){
	    .pos = rx->pos, .protect = rx->protect, .max_bytes = rx->frame_max_bytes};
}

void port_follow_tx(uint32_t c, const struct iwc_producer *tx)
{
	port.tx[c] = (struct port_tx){.begin = tx->pos,
				      .pos = tx->pos,
				      .seq = tx->seq,
				      .protect = tx->protect,
				      .max_bytes = tx->frame_max_bytes};
}

static uint32_t index_of(uint32_t c, uint64_t line)
{
	return (uint32_t)line & (port.lines[c] - 1u);
}

static uint32_t lines_of(uint32_t len_bytes)
{
	return (len_bytes + 63u) / 64u;
}

/* The first line at index 0 behind this one. */
static uint64_t next_lap(uint32_t c, uint64_t line)
{
	return line + port.lines[c] - index_of(c, line);
}

static bool awaited(uint64_t tag, uint64_t line)
{
	return tag >> 16 == ((line + 1u) & IWC_LINE_MASK);
}

/* Control words of class c, by their offsets in docs/protocol.md. */
enum { START, CREDIT, WAKE, SPACE };

static bool is_control(const void *w, const uint8_t *section, uint32_t c, uint32_t word)
{
	return w == section + 256u + 256u * c + 64u * word;
}

/* Where line number l of class c has its tag, its end-to-end word and its payload. */
static size_t tag_at(uint32_t c, uint64_t line)
{
	return port.offset[c] + 8u * index_of(c, line);
}

static size_t e2e_at(uint32_t c, uint64_t line)
{
	return port.offset[c] + 8u * port.lines[c] + 8u * index_of(c, line);
}

static size_t data_at(uint32_t c, uint64_t line)
{
	return port.offset[c] + 16u * port.lines[c] + 64u * index_of(c, line);
}

static bool is_at(const void *p, const uint8_t *section, size_t offset)
{
	return p == section + offset;
}

/* --- loads -------------------------------------------------------------------------------------
 */

/* Where the consumer of class c looks next: a skip leads to the next lap. */
static uint64_t looks_at(uint32_t c)
{
	return port.rx[c].skipping ? next_lap(c, port.rx[c].pos) : port.rx[c].pos;
}

static void load_tag(uint32_t c, uint64_t v)
{
	struct port_rx *rx = &port.rx[c];

	PROVE(rx->skipping || !rx->have_tag || rx->tag == 0u || !awaited(rx->tag, rx->pos),
	      "P1: a tag that was awaited is not loaded again");
	port.tags++;
	rx->pos = looks_at(c);
	rx->have_tag = true;
	rx->tag = v;
	rx->skipping =
	    awaited(v, rx->pos) && (v & 0xffffu) == 0xffffu && index_of(c, rx->pos) != 0u;
}

static void load_e2e(uint32_t c)
{
	struct port_rx *rx = &port.rx[c];

	PROVE(rx->protect && rx->have_tag && !rx->skipping && awaited(rx->tag, rx->pos),
	      "P1: an end-to-end word is loaded for a frame behind its tag");
	PROVE(!rx->have_e2e, "P1: an end-to-end word is loaded once");
	rx->have_e2e = true;
	port.e2es++;
}

/* Is w a word of class c of the peer that an endpoint may read? Then the ghost has seen it. */
static bool load_of_class(uint32_t c, const struct iwc_word *w, uint64_t v, bool acquire)
{
	if (is_at(w, port.peer, tag_at(c, looks_at(c)))) {
		if (acquire) {
			load_tag(c, v);
		} else {
			port.peeked = v;
			port.peeks++;
			port.found_ready |= v != 0u && awaited(v, port.rx[c].pos);
		}
	} else if (is_at(w, port.peer, e2e_at(c, port.rx[c].pos))) {
		load_e2e(c);
	} else if (is_control(w, port.peer, c, START)) {
		port.start[c] = v;
		port.starts++;
	} else if (is_control(w, port.peer, c, CREDIT)) {
		PROVE(acquire, "B: a credit is loaded with acquire");
		port.credit[c] = v;
		port.credits++;
	} else if (is_control(w, port.peer, c, WAKE)) {
		PROVE(port.fenced, "D: a full fence stands before the look at wake");
		port.wake[c] = v;
		port.wakes++;
	} else if (is_control(w, port.peer, c, SPACE)) {
		PROVE(port.fenced, "E: a full fence stands before the look at space");
		port.space[c] = v;
		port.spaces++;
	} else {
		return false;
	}
	return true;
}

static uint64_t load(const struct iwc_word *w, bool acquire)
{
	uint64_t v = nondet_u64();
	bool known = is_at(w, port.peer, IWC_OFFSET_SESSION);

	PROVE(!__CPROVER_same_object(w, port.own), "P13: no load from the own section");
	PROVE(!port.sleeping || port.fenced, "D, E, G: a full fence stands before the last look");
	if (known) {
		PROVE(acquire || port.acquired, "F: a fence stands before the look at the session");
		port.session = v;
		port.session_stands = v == port.session_up;
		port.sessions++;
	}
	for (uint32_t c = 0; c < IWC_CLASSES_MAX && c < port.classes; c++)
		known = known || load_of_class(c, w, v, acquire);
	PROVE(known, "P1: a load is of a control word, or at the position of a consumer");
	port.loads++;
	port.acquired = false;
	return v;
}

uint64_t iwc_port_load_relaxed(const struct iwc_word *w)
{
	return load(w, false);
}

uint64_t iwc_port_load_acquire(const struct iwc_word *w)
{
	return load(w, true);
}

static bool copy_in_of_class(uint32_t c, const uint8_t *line, uint32_t len_bytes)
{
	struct port_rx *rx = &port.rx[c];

	if (!is_at(line, port.peer, data_at(c, rx->pos)))
		return false;
	PROVE(rx->have_tag && !rx->skipping && awaited(rx->tag, rx->pos) &&
		  (rx->tag & 0xffffu) == len_bytes,
	      "P1: a copy in is of the frame whose tag was loaded last, and once");
	PROVE(len_bytes >= IWC_FRAME_MIN && len_bytes <= rx->max_bytes,
	      "P1: a copy in has the length of a frame of the class");
	PROVE(index_of(c, rx->pos) + lines_of(len_bytes) <= port.lines[c],
	      "P1: a copy in ends within the ring");
	PROVE(rx->have_e2e == rx->protect, "P11: the end-to-end word was loaded before the copy");
	rx->pos += lines_of(len_bytes);
	rx->have_tag = false;
	rx->have_e2e = false;
	return true;
}

void iwc_port_copy_in(void *dst, const uint8_t *line, uint32_t len_bytes)
{
	bool known = false;

	for (uint32_t c = 0; c < IWC_CLASSES_MAX && c < port.classes; c++)
		known = known || copy_in_of_class(c, line, len_bytes);
	PROVE(known, "P1: a copy in begins on the line at the position of a consumer");
	PROVE(port.copies_in != port.witness || dst == port.frame.buf,
	      "P1: a copy in goes to the caller's next buffer");
	port.copies_in++;
	port.acquired = false;
	port.session_stands = false;
}

void iwc_port_touch(const uint8_t *line)
{
	bool known = false;

	for (uint32_t c = 0; c < IWC_CLASSES_MAX && c < port.classes; c++)
		known = known || is_at(line, port.peer, data_at(c, looks_at(c)));
	PROVE(known, "P1: a hint names the line at the position of a consumer");
}

/* --- stores ------------------------------------------------------------------------------------
 */

static void store_tag(uint32_t c, uint64_t v, bool release)
{
	struct port_tx *tx = &port.tx[c];
	uint64_t line = (v >> 16) - 1u, from_begin = (line - tx->begin) & IWC_LINE_MASK;

	PROVE(from_begin < tx->pos - tx->begin, "P3: a tag is for what this call has copied");
	PROVE(!tx->released && !tx->e2e_due, "A: nothing is published before all is copied");
	PROVE(release == (from_begin == 0u), "A: the first tag, and it alone, is a release");
	tx->released = release;
	if ((v & 0xffffu) == IWC_SKIP) {
		PROVE(index_of(c, line) != 0u, "P3: no skip at index 0");
		tx->skip_tags++;
		tx->skip_tagged += ((tx->skip_pos ^ line) & IWC_LINE_MASK) == 0u;
	} else {
		tx->frame_tags++;
		tx->frame_tagged += ((tx->frame_pos ^ line) & IWC_LINE_MASK) == 0u &&
				    port.frame.len_bytes == (v & 0xffffu);
	}
}

static void store_e2e(uint32_t c, uint64_t v)
{
	struct port_tx *tx = &port.tx[c];

	PROVE(tx->protect && tx->e2e_due, "P11: a frame of a protected class gets one word");
	PROVE(v >> 32 == tx->seq, "P11: an end-to-end word carries the next number");
	tx->e2e_due = false;
	tx->seq++;
	tx->e2e_stores++;
}

/* Is w a word of class c of the own section? Then the ghost has seen the store. */
static bool store_of_class(uint32_t c, const struct iwc_word *w, uint64_t v, bool release)
{
	if (c < port.classes && is_at(w, port.own, tag_at(c, (v >> 16) - 1u))) {
		store_tag(c, v, release);
		return true;
	}
	if (c < port.classes && is_at(w, port.own, e2e_at(c, port.tx[c].last))) {
		store_e2e(c, v);
		return true;
	}
	if (is_control(w, port.own, c, START)) {
		port.own_start[c] = v;
	} else if (is_control(w, port.own, c, CREDIT)) {
		PROVE(v == 0u || release, "B: a credit is a release");
		port.own_credit[c] = v;
	} else if (is_control(w, port.own, c, WAKE)) {
		port.own_wake[c] = v;
	} else if (is_control(w, port.own, c, SPACE)) {
		port.own_space[c] = v;
	} else {
		return false;
	}
	PROVE((v & ~(IWC_LINE_MASK | IWC_SAID)) == 0u,
	      "P8: a line number leaves the reserved bits zero");
	return true;
}

static void store_session(uint64_t v, bool release)
{
	PROVE(release || v == 0u, "C: an announcement is a release");
	for (uint32_t c = 0; c < IWC_CLASSES_MAX && c < port.classes; c++)
		PROVE((uint32_t)v == 0u ||
			  (port.own_credit[c] == 0u && (port.own_start[c] & IWC_SAID) != 0u),
		      "R2: credits are withdrawn and starts said before an acknowledgement");
	port.own_session = v;
	port.leaving = v == 0u;
}

static bool store_of_header(const struct iwc_word *w, uint64_t v, bool release)
{
	for (uint32_t i = 0; i < 3u; i++)
		if (is_at(w, port.own, 8u * i)) {
			port.own_hello[i] = v;
			return true;
		}
	if (!is_at(w, port.own, IWC_OFFSET_SESSION))
		return false;
	store_session(v, release);
	return true;
}

static void store(struct iwc_word *w, uint64_t v, bool release)
{
	bool known;

	PROVE(!__CPROVER_same_object(w, port.peer), "P13: no store into the peer's section");
	PROVE(!port.leaving, "F: a full fence stands behind {0,0}");
	known = store_of_header(w, v, release);
	for (uint32_t c = 0; c < IWC_CLASSES_MAX; c++)
		known = known || store_of_class(c, w, v, release);
	PROVE(known,
	      "P1: a store is of a control word, or a word of the line that its value is for");
	if (is_at(w, port.own, port.mark)) {
		port.marked = true;
		port.mark_value = v;
	}
	port.stores++;
	port.fenced = false;
}

void iwc_port_store_relaxed(struct iwc_word *w, uint64_t v)
{
	store(w, v, false);
}

void iwc_port_store_release(struct iwc_word *w, uint64_t v)
{
	store(w, v, true);
}

static bool copy_out_of_class(uint32_t c, const uint8_t *line, const void *src, uint32_t len_bytes)
{
	struct port_tx *tx = &port.tx[c];
	uint32_t count = lines_of(len_bytes);

	if (!is_at(line, port.own, data_at(c, tx->pos))) {
		if (!is_at(line, port.own, data_at(c, 0)))
			return false;
		PROVE(index_of(c, tx->pos) + count > port.lines[c],
		      "P3: a frame follows the one before, or a skip that the ring's end demands");
		if (tx->skips == port.witness)
			tx->skip_pos = tx->pos;
		tx->skips++;
		tx->pos = next_lap(c, tx->pos);
	}
	PROVE(len_bytes >= IWC_FRAME_MIN && len_bytes <= tx->max_bytes,
	      "P1: a copy out has the length of a frame of the class");
	PROVE(index_of(c, tx->pos) + count <= port.lines[c], "P1: a copy out ends within the ring");
	PROVE(!tx->released && !tx->e2e_due, "A: payload is copied before anything is published");
	if (tx->frames == port.witness) {
		PROVE(src == port.frame.buf && len_bytes == port.frame.len_bytes,
		      "P8: a copy out is the caller's next frame, whole and no more");
		tx->frame_pos = tx->pos;
	}
	tx->e2e_due = tx->protect;
	tx->last = tx->pos;
	tx->pos += count;
	tx->frames++;
	return true;
}

void iwc_port_copy_out(uint8_t *line, const void *src, uint32_t len_bytes)
{
	bool known = false;

	PROVE(!__CPROVER_same_object(line, port.peer), "P13: no copy into the peer's section");
	for (uint32_t c = 0; c < IWC_CLASSES_MAX && c < port.classes; c++)
		known = known || copy_out_of_class(c, line, src, len_bytes);
	PROVE(known, "P1: a copy out begins on a payload line");
	port.copies_out++;
	port.fenced = false;
}

static bool is_array(uint32_t c, const void *p, size_t len_bytes)
{
	size_t lines = port.lines[c];

	return (is_at(p, port.own, tag_at(c, 0)) && len_bytes == 8u * lines) ||
	       (is_at(p, port.own, e2e_at(c, 0)) && len_bytes == 8u * lines) ||
	       (is_at(p, port.own, data_at(c, 0)) && len_bytes == 64u * lines);
}

void iwc_port_zero(void *shared, size_t len_bytes)
{
	size_t from = __CPROVER_POINTER_OFFSET(shared);
	bool known = false;

	PROVE(!__CPROVER_same_object(shared, port.peer), "P13: no zeroes into the peer's section");
	PROVE(!port.leaving, "F: a full fence stands behind {0,0}");
	for (uint32_t c = 0; c < IWC_CLASSES_MAX && c < port.classes; c++)
		known = known || is_array(c, shared, len_bytes);
	PROVE(known, "P1: zeroing is of one array of a class");
	if (port.mark >= from && port.mark - from < len_bytes) {
		port.marked = true;
		port.mark_value = 0;
	}
	port.fenced = false;
}

/* --- the rest ----------------------------------------------------------------------------------
 */

void iwc_port_fence_full(void)
{
	port.fenced = true;
	port.acquired = true;
	port.leaving = false;
	port.fences++;
}

void iwc_port_fence_acquire(void)
{
	port.acquired = true;
}

void iwc_port_ring(void *handle)
{
	PROVE(handle == port.handle, "a hook gets what iwc_init was given");
	port.rings++;
}

void iwc_port_trace(void *handle, enum iwc_trace what, uint32_t a, uint64_t b)
{
	PROVE(handle == port.handle, "a hook gets what iwc_init was given");
	PROVE(what != IWC_TRACE_STATE || b == port.own_session,
	      "a trace shows the session announced");
	(void)a;
	port.traces++;
}

/* --- at the end of a call ----------------------------------------------------------------------
 */

void port_check_rx(uint32_t c, const struct iwc_consumer *rx)
{
	PROVE(port.rx[c].pos == rx->pos, "P1: the consumer stands behind what it has taken");
	PROVE(!port.rx[c].skipping && !port.rx[c].have_e2e, "P1: nothing was begun and not ended");
}

void port_check_tx(uint32_t c, const struct iwc_producer *tx, unsigned sent)
{
	const struct port_tx *g = &port.tx[c];

	PROVE(g->pos == tx->pos, "P3: the producer stands behind what it has copied");
	PROVE(g->frames == sent && g->frame_tags == sent, "P3: each frame has a tag");
	PROVE(g->skip_tags == g->skips, "P3: each skip has a tag");
	PROVE(g->released == (sent != 0u), "A: the frames are published");
	PROVE(port.witness >= g->frames || g->frame_tagged == 1u,
	      "P3: the tag of any frame is its own");
	PROVE(port.witness >= g->skips || g->skip_tagged == 1u,
	      "P3: the tag of any skip is its own");
	PROVE(g->e2e_stores == (g->protect ? sent : 0u) && tx->seq == g->seq,
	      "P11: each frame of a protected class has an end-to-end word, and numbers go on");
}
