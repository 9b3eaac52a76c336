/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "histogram.h"

_Static_assert(HISTOGRAM_BUCKETS == 3776, "64 exact values and 58 powers of two of 64 buckets");

/*
 * The buckets lie in one row. Group 0 is the exact values; group g > 0 is one power of two, whose
 * values become sub-bucket numbers 64..127 when shifted right by g - 1.
 */
static unsigned int bucket_of(uint64_t value)
{
	unsigned int top, shift;

	if (value < HISTOGRAM_SUBS)
		return (unsigned int)value;
	top = 63u - (unsigned int)__builtin_clzll(value);
	shift = top - HISTOGRAM_SUB_BITS;
	return shift * HISTOGRAM_SUBS + (unsigned int)(value >> shift);
}

static unsigned int shift_of(unsigned int index)
{
	return index < HISTOGRAM_SUBS ? 0 : index / HISTOGRAM_SUBS - 1u;
}

static uint64_t lower_of(unsigned int index)
{
	unsigned int shift = shift_of(index);

	return (uint64_t)(index - shift * HISTOGRAM_SUBS) << shift;
}

static uint64_t upper_of(unsigned int index)
{
	return lower_of(index) + ((1ull << shift_of(index)) - 1u);
}

void histogram_reset(struct histogram *h)
{
	memset(h, 0, sizeof(*h));
}

static void sum_add(struct histogram *h, uint64_t high, uint64_t low)
{
	h->sum_low += low;
	h->sum_high += high + (h->sum_low < low ? 1u : 0u);
}

void histogram_record(struct histogram *h, uint64_t value_ns)
{
	if (!h->count || value_ns < h->min_ns)
		h->min_ns = value_ns;
	if (!h->count || value_ns > h->max_ns)
		h->max_ns = value_ns;
	h->count++;
	h->bucket[bucket_of(value_ns)]++;
	sum_add(h, 0, value_ns);
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
	if (!from->count)
		return;
	if (!into->count || from->min_ns < into->min_ns)
		into->min_ns = from->min_ns;
	if (!into->count || from->max_ns > into->max_ns)
		into->max_ns = from->max_ns;
	into->count += from->count;
	sum_add(into, from->sum_high, from->sum_low);
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
		into->bucket[i] += from->bucket[i];
}

uint64_t histogram_mean(const struct histogram *h)
{
	unsigned __int128 sum = ((unsigned __int128)h->sum_high << 64) | h->sum_low;

	return h->count ? (uint64_t)(sum / h->count) : 0;
}

uint64_t histogram_percentile(const struct histogram *h, uint32_t percentile)
{
	const uint32_t whole = 100u * HISTOGRAM_PERCENT;
	unsigned __int128 product;
	uint64_t rank, seen = 0, upper;
	unsigned int i;

	if (!h->count)
		return 0;
	if (percentile > whole)
		percentile = whole;
	product = (unsigned __int128)h->count * percentile;
	rank = (uint64_t)((product + whole - 1u) / whole);
	if (!rank)
		rank = 1;
	for (i = 0; i < HISTOGRAM_BUCKETS - 1u; i++) {
		seen += h->bucket[i];
		if (seen >= rank)
			break;
	}
	upper = upper_of(i);
	return upper < h->max_ns ? upper : h->max_ns;
}

bool histogram_next(const struct histogram *h, struct histogram_bucket *bucket)
{
	for (unsigned int i = bucket->next; i < HISTOGRAM_BUCKETS; i++) {
		if (!h->bucket[i])
			continue;
		bucket->lower_ns = lower_of(i);
		bucket->upper_ns = upper_of(i);
		bucket->count = h->bucket[i];
		bucket->next = i + 1u;
		return true;
	}
	bucket->next = HISTOGRAM_BUCKETS;
	return false;
}
