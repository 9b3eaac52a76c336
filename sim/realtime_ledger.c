/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger of realtime.h: where each frame of a ring is, seen from outside.
 *
 * The sender enters a frame under the line where it will start, before the ring has it: so the
 * receiver, who learns of the frame by its tag (A), finds it here. Where it starts follows from
 * docs/protocol.md: at the producer's position, or on index 0 if it would run past the end of the
 * ring. The receiver marks what it took. What is open when both have left the session is lost.
 *
 * Marks are changed by exchange, so that a frame is counted once whatever the two sides do. That
 * matters only if one of them is deceived: honest worlds are never at an entry at the same time.
 */
#include "realtime_machine.h"

#include <stdlib.h>

static uint32_t lines_of(uint32_t len_bytes)
{
	return (len_bytes + IWC_LINE - 1u) / IWC_LINE;
}

static uint64_t entries(const struct rt_ledger *l)
{
	return RT_LEDGER_LAPS * (uint64_t)l->lines;
}

static struct rt_entry *entry_of(const struct rt_ledger *l, uint64_t line)
{
	return &l->entry[line & (entries(l) - 1u)];
}

static uint64_t lap_end(const struct rt_ledger *l, uint64_t line)
{
	return (line | (l->lines - 1u)) + 1u;
}

/* Where a frame starts that is sent at position pos. */
static uint64_t start_of(const struct rt_ledger *l, uint64_t pos, uint32_t len_bytes)
{
	uint64_t end = lap_end(l, pos);

	return pos + lines_of(len_bytes) <= end ? pos : end;
}

int rt_ledger_create(struct rt_ledger *l, uint32_t lines)
{
	*l = (struct rt_ledger){.lines = lines};
	l->entry = calloc(RT_LEDGER_LAPS * (size_t)lines, sizeof(*l->entry));
	return l->entry != NULL ? 0 : -1;
}

void rt_ledger_destroy(struct rt_ledger *l)
{
	free(l->entry);
	l->entry = NULL;
}

static enum rt_mark mark_of(uint64_t mark)
{
	return (enum rt_mark)(mark & 3u);
}

unsigned rt_ledger_enter(struct rt_ledger *l, uint64_t pos, const struct iwc_frame *f, unsigned n,
			 uint64_t pair, uint64_t id, uint64_t now_ns)
{
	uint64_t at = pos;
	unsigned k;

	for (k = 0; k < n; k++) {
		uint64_t start = start_of(l, at, f[k].len_bytes);
		struct rt_entry *e = entry_of(l, start);

		at = start + lines_of(f[k].len_bytes);
		if (at - pos > l->lines)
			break;
		if (mark_of(__atomic_exchange_n(&e->mark, RT_FREE, __ATOMIC_RELAXED)) == RT_OPEN)
			l->overwritten++;
		rt_store(&e->key, (start & IWC_LINE_MASK) << 16 | f[k].len_bytes);
		rt_store(&e->pair, pair);
		rt_store(&e->sent_ns, now_ns);
		rt_store(&e->mark, (id + k) << 2 | RT_OPEN);
	}
	return k;
}

uint64_t rt_ledger_commit(struct rt_ledger *l, uint64_t pos, const struct iwc_frame *f,
			  unsigned entered, unsigned sent)
{
	uint64_t at = pos;

	for (unsigned k = 0; k < entered; k++) {
		uint64_t start = start_of(l, at, f[k].len_bytes);

		at = start + lines_of(f[k].len_bytes);
		if (k < sent)
			pos = at;
		else
			rt_store(&entry_of(l, start)->mark, RT_FREE);
	}
	if (sent != 0u) {
		l->next = pos;
		l->used = true;
	}
	return pos;
}

/* Is there a frame with this mark that starts at this line? Then it is taken. */
static bool take_at(struct rt_ledger *l, uint64_t line, uint64_t pair, enum rt_mark want,
		    struct rt_taken *t)
{
	struct rt_entry *e = entry_of(l, line);
	uint64_t mark = rt_load(&e->mark), key = rt_load(&e->key);

	if (mark_of(mark) != want || rt_load(&e->pair) != pair ||
	    key >> 16 != (line & IWC_LINE_MASK))
		return false;
	t->sent_ns = rt_load(&e->sent_ns);
	if (!__atomic_compare_exchange_n(&e->mark, &mark, (mark & ~UINT64_C(3)) | RT_TAKEN, false,
					 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return false;
	t->id = mark >> 2;
	t->next = line + lines_of((uint32_t)(key & 0xffffu));
	t->lost = want == RT_LOST;
	return true;
}

/* At the line, or behind a skip. */
static bool take_from(struct rt_ledger *l, uint64_t line, uint64_t end, uint64_t pair,
		      enum rt_mark want, struct rt_taken *t)
{
	uint64_t lap = lap_end(l, line);

	if (line < end && take_at(l, line, pair, want, t))
		return true;
	return (line & (l->lines - 1u)) != 0u && lap < end && take_at(l, lap, pair, want, t);
}

/*
 * Frames that were given up are looked for last: their session may have had the same name, as
 * epochs begin anew with the monitor.
 */
bool rt_ledger_take(struct rt_ledger *l, uint64_t line, uint64_t end, uint64_t pair,
		    struct rt_taken *taken)
{
	return take_from(l, line, end, pair, RT_OPEN, taken) ||
	       take_from(l, line, end, pair, RT_LOST, taken);
}

struct rt_settled rt_ledger_settle(struct rt_ledger *l, uint64_t alive)
{
	struct rt_settled n = {0};

	n.credit = l->overwritten;
	l->overwritten = 0;
	for (uint64_t i = 0; l->used && i < entries(l); i++) {
		struct rt_entry *e = &l->entry[i];
		uint64_t mark = rt_load(&e->mark), back;

		if (mark_of(mark) != RT_OPEN)
			continue;
		back = (l->next - (rt_load(&e->key) >> 16)) & IWC_LINE_MASK;
		if (rt_load(&e->pair) == alive && alive != 0u && back <= l->lines) {
			n.open++;
			continue;
		}
		if (!__atomic_compare_exchange_n(&e->mark, &mark, (mark & ~UINT64_C(3)) | RT_LOST,
						 false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			continue;
		/* The ring has gone on over it, which takes a credit for what was not taken. */
		if (back > l->lines)
			n.credit++;
		else
			n.session++;
	}
	l->used = n.open != 0u;
	return n;
}
