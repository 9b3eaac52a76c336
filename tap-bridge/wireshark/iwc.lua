-- SPDX-License-Identifier: BSD-2-Clause
--
-- Wireshark dissector for the events of the inter-world channel: docs/wireshark.md says what one
-- sees, docs/trace-format.md what an event is.
--
-- An event is one line of words key=value. It may come from a damaged or forged capture, so every
-- entry below runs in pcall: what goes wrong becomes a note in the packet, and other packets are as
-- readable as without this file.

set_plugin_info({ version = "1", author = "the iwc project", repository = "" })

local iwc = Proto("iwc", "Inter-world channel")
local event = Proto("iwc-event", "Inter-world channel event")
local payload = Proto("iwc-frame", "Inter-world channel generated frame")
local link = Proto("iwc-link", "Inter-world channel links")

local LINE_MAX = 4096 -- bytes of an event that are looked at; writers keep 1024

-- --- fields -------------------------------------------------------------------------------------

local f = {
	event = ProtoField.string("iwc.event", "Event"),
	world = ProtoField.string("iwc.world", "World"),
	class = ProtoField.string("iwc.class", "Class"),
	state = ProtoField.string("iwc.state", "Session state"),
	epoch = ProtoField.uint32("iwc.epoch", "Epoch"),
	peer_epoch = ProtoField.uint32("iwc.peer_epoch", "Peer's epoch"),
	frame = ProtoField.uint64("iwc.frame.id", "Frame number of its sender"),
	len = ProtoField.uint32("iwc.frame.len", "Frame length"),
	index = ProtoField.uint8("iwc.frame.class", "Class index"),
	cause = ProtoField.string("iwc.drop.cause", "Cause"),
	violation = ProtoField.string("iwc.violation", "Violation by the peer"),
	property = ProtoField.string("iwc.property", "Property broken"),
	detector = ProtoField.string("iwc.detector", "Detector"),
	fault = ProtoField.string("iwc.fault", "Fault"),
	fault_index = ProtoField.uint32("iwc.fault.index", "Index in the scenario"),
	firing = ProtoField.uint64("iwc.fault.firing", "Firing"),
	how = ProtoField.string("iwc.crash.how", "How"),
	to = ProtoField.string("iwc.interrupt.to", "To"),
	by = ProtoField.string("iwc.wake.by", "Woken by"),
	response = ProtoField.uint64("iwc.response_ns", "Response time in ns"),
	phase = ProtoField.string("iwc.phase", "Phase"),
	word = ProtoField.string("iwc.word", "Word"),
	sent_in = ProtoField.framenum("iwc.sent_in", "Frame sent in"),
	lost_in = ProtoField.framenum("iwc.lost_in", "Lost, see"),
	error = ProtoField.string("iwc.error", "Error"),
}

-- Key of a word, its field, and the largest number that the field takes; nil: a text.
local U32 = 4294967295
local keys = {
	kind = { f.event }, world = { f.world }, class = { f.class }, state = { f.state },
	epoch = { f.epoch, U32 }, peer_epoch = { f.peer_epoch, U32 }, frame = { f.frame, true },
	bytes = { f.len, U32 }, cause = { f.cause }, violation = { f.violation },
	property = { f.property }, detector = { f.detector }, fault = { f.fault },
	index = { f.fault_index, U32 }, firing = { f.firing, true }, how = { f.how },
	to = { f.to }, by = { f.by }, response_ns = { f.response, true }, phase = { f.phase },
}

-- --- expert information -------------------------------------------------------------------------

local groups, levels = expert.group, expert.severity

local x = {
	property = ProtoExpert.new("iwc.expert.property", "A property of the channel is broken",
		groups.SECURITY, levels.ERROR),
	violation = ProtoExpert.new("iwc.expert.violation", "The peer violates the protocol",
		groups.SECURITY, levels.ERROR),
	deadline = ProtoExpert.new("iwc.expert.deadline", "A critical job missed its deadline",
		groups.RESPONSE_CODE, levels.ERROR),
	frozen = ProtoExpert.new("iwc.expert.frozen", "The link is frozen until the peer restarts",
		groups.SEQUENCE, levels.WARN),
	crash = ProtoExpert.new("iwc.expert.crash", "A world crashed or hangs",
		groups.SEQUENCE, levels.WARN),
	drop = ProtoExpert.new("iwc.expert.drop", "A frame is lost, with a known cause",
		groups.SEQUENCE, levels.WARN),
	late = ProtoExpert.new("iwc.expert.late", "A protected class got no good frame in time",
		groups.RESPONSE_CODE, levels.WARN),
	fault = ProtoExpert.new("iwc.expert.fault", "A fault of the scenario fires",
		groups.COMMENTS_GROUP, levels.NOTE),
	deferred = ProtoExpert.new("iwc.expert.deferred", "The bucket holds a doorbell back",
		groups.SEQUENCE, levels.NOTE),
	session = ProtoExpert.new("iwc.expert.session", "A step of the session",
		groups.SEQUENCE, levels.CHAT),
	malformed = ProtoExpert.new("iwc.expert.malformed", "This is no event as it should be",
		groups.MALFORMED, levels.ERROR),
	failed = ProtoExpert.new("iwc.expert.failed", "The dissector failed",
		groups.MALFORMED, levels.ERROR),
}

local function values(table_of)
	local list = {}

	for _, value in pairs(table_of) do
		list[#list + 1] = value
	end
	return list
end

iwc.fields = values(f)
iwc.experts = values(x)

-- --- words --------------------------------------------------------------------------------------

-- A whole number in decimal, as UInt64; nil if it is none or does not fit 64 bits.
local function to_u64(text)
	local n, ten = UInt64.new(0), UInt64.new(10)

	if not text:match("^%d+$") or #text > 20 or (#text == 20 and text > "18446744073709551615")
	then
		return nil
	end
	for digit in text:gmatch("%d") do
		n = n * ten + UInt64.new(tonumber(digit))
	end
	return n
end

-- Text for a column: a capture may hold any byte.
local function printable(text)
	return (text:gsub("[^\32-\126]", "?"))
end

-- Adds the value of a word to the tree. Returns false if it is not what its key promises.
local function add_value(tree, known, range, value)
	local field, largest = known[1], known[2]
	local number

	if not largest then
		tree:add(field, range)
		return value ~= ""
	end
	if largest == true then
		number = to_u64(value)
	elseif value:match("^%d+$") and #value <= 10 and tonumber(value) <= largest then
		number = tonumber(value)
	end
	if number then
		tree:add(field, range, number)
	end
	return number ~= nil
end

-- Adds each word of the line; returns the values by key, and whether all is as it should be.
local function add_words(tvb, tree, text)
	local said, good = {}, true

	for first, word, after in text:gmatch("()(%S+)()") do
		local key, value = word:match("^([%w_.-]+)=(.*)$")
		local range = tvb:range(first - 1, after - first)
		local known = key and keys[key]

		if known and said[key] == nil and value ~= "" then
			local start = after - 1 - #value

			if not add_value(tree, known, tvb:range(start, #value), value) then
				tree:add(f.word, range)
				good = false
			end
		else
			tree:add(f.word, range)
			good = good and key ~= nil and not known
		end
		if key and said[key] == nil then
			said[key] = printable(value)
		end
	end
	return said, good
end

-- --- what a line says ---------------------------------------------------------------------------

local worlds = { ns = "NS", s = "S", monitor = "Monitor" }

-- Text of the info column by kind; says(key) is a value, or "?" where it is missing.
local texts = {
	boot = function(says)
		return "boots, epoch " .. says("epoch")
	end,
	renew = function(says)
		return "goes on as epoch " .. says("epoch")
	end,
	crash = function(says)
		return says("how") == "hang" and "hangs" or "crashes"
	end,
	session = function(says)
		return string.format("session %s, epoch %s, peer %s", says("state"), says("epoch"),
			says("peer_epoch"))
	end,
	announce = function(says)
		return string.format("announces epoch %s, peer %s", says("epoch"),
			says("peer_epoch"))
	end,
	deliver = function(says)
		return string.format("takes %s #%s, %s bytes", says("class"), says("frame"),
			says("bytes"))
	end,
	drop = function(says)
		return string.format("loses %s #%s: %s", says("class"), says("frame"),
			says("cause"))
	end,
	ring = function()
		return "rings"
	end,
	smc = function()
		return "calls the monitor for a doorbell"
	end,
	deferred = function()
		return "holds the doorbell back, the bucket is empty"
	end,
	interrupt = function(says)
		return "interrupt to " .. (worlds[says("to")] or says("to"))
	end,
	wake = function(says)
		return "wakes by " .. says("by")
	end,
	violation = function(says)
		return "freezes the link, its peer violates the protocol: " .. says("violation")
	end,
	fault = function(says)
		return string.format("fault %s, firing %s", says("fault"), says("firing"))
	end,
	late = function()
		return "has got no good frame in time"
	end,
	deadline = function(says)
		return string.format("misses a deadline, response %s ns", says("response_ns"))
	end,
	property = function(says)
		return string.format("%s is BROKEN: %s", says("property"), says("detector"))
	end,
	phase = function()
		return "faults end"
	end,
}

local function info_text(said, line)
	local known = texts[said.kind]
	local world = worlds[said.world] or said.world

	if not known or not world then
		return printable(line)
	end
	return world .. " " .. known(function(key)
		return said[key] or "?"
	end)
end

local notes = {
	property = x.property, violation = x.violation, deadline = x.deadline, crash = x.crash,
	drop = x.drop, late = x.late, fault = x.fault, deferred = x.deferred, session = x.session,
}

-- The word that belongs to the note, so that the list of notes counts them by it.
local details = {
	property = "property", violation = "violation", drop = "cause", fault = "fault",
	crash = "how", session = "state",
}

local note_texts = {
	property = "broken", violation = "violates the protocol", drop = "frame lost",
	fault = "fault", crash = "ends", session = "session",
}

local function add_note(said, tree)
	local note, detail = notes[said.kind], said[details[said.kind]]

	if said.kind == "session" and said.state == "frozen" then
		note = x.frozen
	end
	if note and detail then
		tree:add_proto_expert_info(note, note_texts[said.kind] .. ": " .. detail)
	elseif note then
		tree:add_proto_expert_info(note)
	end
end

-- --- frames and events that belong together -----------------------------------------------------

-- A frame is known by its sender and its number there. The sender of a frame that is lost is who
-- loses it, or its peer: the cause says which.
local own_loss = {
	["ring-full"] = true, ["link-down"] = true, ["bad-length"] = true, crash = true,
}
local peer_of = { ns = "s", s = "ns" }

local sent -- packet of a frame and its time, by sender and number
local early -- loss at the sender that comes before its frame, and its time, likewise
local sent_in, lost_in -- from packet to packet; filled when a packet is looked at first

local function forget()
	sent, early, sent_in, lost_in = {}, {}, {}, {}
end

forget()
event.init = forget

local function pair(event_number, frame_number, said)
	sent_in[event_number] = frame_number
	if said.kind == "drop" then
		lost_in[frame_number] = { event_number, said.cause }
	end
end

-- A loss at the sender and its frame, in either order; numbers begin anew in a later run.
local function together(packet, time)
	return packet and math.abs(packet[2] - time) < 0.001
end

local function note_event(said, number, time)
	local own = said.kind == "drop" and own_loss[said.cause]
	local from = own and said.world or peer_of[said.world]
	local key = from and said.frame and said.frame ~= "0" and from .. said.frame

	if key and own and not together(sent[key], time) then
		early[key] = { number, time, said }
	elseif key and sent[key] then
		pair(number, sent[key][1], said)
	end
end

local function link_event(said, pinfo, tree)
	if not pinfo.visited then
		note_event(said, pinfo.number, pinfo.rel_ts)
	end
	if sent_in[pinfo.number] then
		tree:add(f.sent_in, sent_in[pinfo.number]):set_generated()
	end
end

-- The packet id of a frame is its number, with the highest bit set if S sent it.
local function note_frame(id, number, time)
	local from = id:tohex(16):match("^[89a-fA-F]") and "s" or "ns"
	local key = from .. tostring(from == "s" and id - UInt64.new(0, 2147483648) or id)

	if together(early[key], time) then
		pair(early[key][1], number, early[key][3])
	else
		sent[key] = { number, time }
	end
	early[key] = nil
end

local packet_id, encapsulation = Field.new("frame.packet_id"), Field.new("frame.encap_type")
local ETHERNET = 1

local function link_frame(pinfo, tree)
	local id, encap, lost = packet_id(), encapsulation(), nil

	-- Events have ids too, of their own.
	if id and encap and encap.value == ETHERNET and not pinfo.visited then
		note_frame(id.value, pinfo.number, pinfo.rel_ts)
	end
	lost = lost_in[pinfo.number]
	if lost then
		local item = tree:add(iwc, "Inter-world channel: lost, " .. (lost[2] or "?"))

		item:set_generated()
		item:add(f.lost_in, lost[1]):set_generated()
	end
end

-- --- entries ------------------------------------------------------------------------------------

local function dissect_event(tvb, pinfo, tree)
	local line = tvb:raw(0, math.min(tvb:len(), LINE_MAX))
	local said, good = add_words(tvb, tree, line)
	local text = info_text(said, line)

	pinfo.cols.info:set(text)
	tree:append_text(": " .. text)
	if said.world then
		pinfo.cols.src = worlds[said.world] or said.world
	end
	if said.to then
		pinfo.cols.dst = worlds[said.to] or said.to
	end
	add_note(said, tree)
	if not good or not said.kind or not said.world or tvb:len() > LINE_MAX then
		tree:add_proto_expert_info(x.malformed)
	end
	link_event(said, pinfo, tree)
end

-- Runs a part; if it fails the packet says so and goes on.
local function guarded(part, tree, ...)
	local good, why = pcall(part, ...)

	if not good then
		pcall(function()
			tree:add(f.error, tostring(why)):add_proto_expert_info(x.failed)
		end)
	end
end

function event.dissector(tvb, pinfo, root)
	local tree = root:add(iwc, tvb:range(), "Inter-world channel")

	pinfo.cols.protocol = "IWC"
	guarded(dissect_event, tree, tvb, pinfo, tree)
	return tvb:len()
end

-- Frames that the simulator makes up: the letter i, the class as a digit, and the number.
local function dissect_payload(tvb, pinfo, tree)
	tree:add(f.index, tvb:range(1, 1), tonumber(tvb:raw(1, 1)))
	tree:add_le(f.frame, tvb:range(2, 8))
	pinfo.cols.info:set(string.format("generated, class %s #%s", tvb:raw(1, 1),
		tostring(tvb:range(2, 8):le_uint64())))
end

function payload.dissector(tvb, pinfo, root)
	if tvb:len() < 10 or not tvb:raw(0, 2):match("^i%d$") then
		return Dissector.get("data"):call(tvb, pinfo, root)
	end
	local tree = root:add(iwc, tvb:range(), "Inter-world channel, generated frame")

	pinfo.cols.protocol = "IWC-DATA"
	guarded(dissect_payload, tree, tvb, pinfo, tree)
	return tvb:len()
end

DissectorTable.get("ethertype"):add(0x88b5, payload)

function link.dissector(_, pinfo, root)
	guarded(link_frame, root, pinfo, root)
end

register_postdissector(link)
