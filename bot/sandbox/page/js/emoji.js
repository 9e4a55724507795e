/* Shortcodes that people and Slack apps commonly use; an unknown one stays as typed. */

const TABLE = `
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|100 💯|alarm_clock ⏰|ambulance 🚑|angry 😠|arrow_down ⬇️|arrow_left ⬅️|arrow_right ➡️|arrow_up ⬆️
arrow_heading_down ⤵️|arrows_counterclockwise 🔄|astonished 😲|bangbang ‼️|bank 🏦|bar_chart 📊|bell 🔔|blue_book 📘|blush 😊|bomb 💣
book 📖|bookmark 🔖|books 📚|bow 🙇|briefcase 💼|building_construction 🏗️|bulb 💡|bust_in_silhouette 👤|busts_in_silhouette 👥|calendar 📆
date 📅|spiral_calendar_pad 🗓️|calling 📲|card_index 📇|chart_with_downwards_trend 📉|chart_with_upwards_trend 📈|clap 👏|clipboard 📋|clock3 🕒
clock9 🕘|coffee ☕|confetti_ball 🎊|confused 😕|construction 🚧|cry 😢|dart 🎯|department_store 🏬|disappointed 😞|dizzy 💫|dollar 💵|yen 💴
envelope ✉️|email 📧|exclamation ❗|heavy_exclamation_mark ❗|eyes 👀|face_with_monocle 🧐|factory 🏭|fire 🔥|first_place_medal 🥇|flag-cn 🇨🇳
cn 🇨🇳|gb 🇬🇧|us 🇺🇸|folded_hands 🙏|pray 🙏|gear ⚙️|gift 🎁|green_book 📗|green_heart 💚|grey_question ❔|grin 😁|grinning 😀|handshake 🤝
heart ❤️|heavy_check_mark ✔️|heavy_minus_sign ➖|heavy_plus_sign ➕|hourglass ⌛|hourglass_flowing_sand ⏳|house 🏠|hugging_face 🤗
information_source ℹ️|innocent 😇|inbox_tray 📥|outbox_tray 📤|iphone 📱|joy 😂|key 🔑|keycap_ten 🔟|label 🏷️|large_blue_circle 🔵
large_green_circle 🟢|large_orange_circle 🟠|large_purple_circle 🟣|large_yellow_circle 🟡|red_circle 🔴|white_circle ⚪|black_circle ⚫
large_green_square 🟩|large_red_square 🟥|large_yellow_square 🟨|laughing 😆|link 🔗|lock 🔒|unlock 🔓|loudspeaker 📢|mega 📣|mag 🔍|mag_right 🔎
mailbox 📫|mailbox_with_mail 📬|medal 🏅|memo 📝|pencil 📝|pencil2 ✏️|money_with_wings 💸|moneybag 💰|credit_card 💳|mountain ⛰️|muscle 💪
mute 🔇|neutral_face 😐|new 🆕|newspaper 📰|no_bell 🔕|no_entry ⛔|no_entry_sign 🚫|nerd_face 🤓|o ⭕|office 🏢|ok 🆗|ok_hand 👌|older_man 👴
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|zero 0️⃣|open_book 📖|open_file_folder 📂|file_folder 📁|package 📦
page_facing_up 📄|page_with_curl 📃|paperclip 📎|partying_face 🥳|pensive 😔|phone ☎️|telephone_receiver 📞|point_down 👇|point_left 👈
point_right 👉|point_up ☝️|pushpin 📌|round_pushpin 📍|question ❓|raised_hand ✋|raised_hands 🙌|raising_hand 🙋|receipt 🧾|recycle ♻️|relaxed ☺️
relieved 😌|repeat 🔁|rocket 🚀|rolling_on_the_floor_laughing 🤣|rotating_light 🚨|runner 🏃|scales ⚖️|scroll 📜|seedling 🌱|shield 🛡️|ship 🚢
shrug 🤷|simple_smile 🙂|slightly_smiling_face 🙂|sleeping 😴|zzz 💤|smile 😄|smiley 😃|smirk 😏|snowflake ❄️|sob 😭|sparkles ✨|speech_balloon 💬
left_speech_bubble 🗨️|star ⭐|star2 🌟|stopwatch ⏱️|sunglasses 😎|sunny ☀️|sweat 😓|sweat_smile 😅|tada 🎉|thinking_face 🤔|thought_balloon 💭
timer_clock ⏲️|triangular_flag_on_post 🚩|trophy 🏆|truck 🚚|umbrella ☂️|unamused 😒|upside_down_face 🙃|v ✌️|video_camera 📹|wastebasket 🗑️
warning ⚠️|wave 👋|white_check_mark ✅|ballot_box_with_check ☑️|white_flag 🏳️|wink 😉|world_map 🗺️|globe_with_meridians 🌐|worried 😟|wrench 🔧
hammer_and_wrench 🛠️|writing_hand ✍️|x ❌|negative_squared_cross_mark ❎|yum 😋|zap ⚡|droplet 💧|leaves 🍃|robot_face 🤖|dividers 🗂️
card_index_dividers 🗂️|card_file_box 🗃️|magnet 🧲|puzzle_piece 🧩|jigsaw 🧩|compass 🧭|crossed_swords ⚔️|balance_scale ⚖️|bellhop_bell 🛎️|brain 🧠
teacher 🧑‍🏫|ear 👂|face_with_rolling_eyes 🙄|crossed_fingers 🤞|clinking_glasses 🥂|bouquet 💐|red_envelope 🧧|lantern 🏮|dragon 🐉|tea 🍵
`;

const EMOJI = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((entry) => entry.split(" ")),
);

export function emoji(name) {
  return EMOJI.get(name.replace(/::skin-tone-\d$/, "")) ?? null;
}

/** Replaces every known :shortcode: in a plain string. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/g, (whole, name) => emoji(name) ?? whole);
}
